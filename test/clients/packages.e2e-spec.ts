import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { HORIZON, OBS_SIZE, tinyDataset, trainingRequest } from '../e2e/tiny-model.js';
import { root } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';

const DEPENDENCIES = ['ws', 'openapi-fetch', 'openapi-typescript-helpers', 'eventsource-parser'];
/** The first Python that has numpy. */
const python = ['python3', '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import numpy'], { stdio: 'ignore' }).status === 0,
);

const Report = z.object({
  model: z.string(),
  shape: z.array(z.int()),
  actions: z.array(z.number()),
  events: z.array(z.string()),
  refused: z.string(),
});

/** What each client does in its own words, with the same seeds. */
const REQUEST = JSON.stringify({ model: 'tiny@1', seed: 5, numInferenceSteps: 4 });
const OBSERVATIONS = JSON.stringify([Array.from({ length: OBS_SIZE }, (_, i) => i / 4)]);

const TYPESCRIPT = (url: string): string => `
  import { createStrideClient, type Samples, type StrideError } from '@stride/client';
  import { readFileSync } from 'node:fs';
  const stride = createStrideClient('${url}');
  await stride.uploadDataset('tiny', readFileSync('pairs.safetensors'));
  const { model }: { model: string } = await stride.train(JSON.parse(readFileSync('training.json', 'utf8')));
  const request = { ...${REQUEST}, observations: ${OBSERVATIONS} };
  const { job, shape, actions }: Samples = await stride.sample(request);
  const events: string[] = [];
  for await (const { type } of stride.follow(job.id)) events.push(type);
  const refused: string = await stride.sample({ ...request, model: 'nobody' }).then(
    () => 'accepted', (error: StrideError) => error.code);
  const robot = stride.policy('tiny@1', { seed: 11, steps: 4 });
  const first = await robot.infer({ state: ${OBSERVATIONS}[0] });
  const taken = [robot.nextAction(), robot.nextAction()];
  const underWay = robot.infer({ state: ${OBSERVATIONS}[0] });
  robot.nextAction();
  const { reply } = await underWay;
  const next = [...robot.nextAction()!];
  const later = (await robot.infer({ state: ${OBSERVATIONS}[0] }, { delay_steps: 2 })).reply;
  const free = (await robot.infer({ state: ${OBSERVATIONS}[0] }, { isContinued: false, delay_steps: 2 })).reply;
  while (robot.nextAction() !== undefined);
  const usedUp = (await robot.infer({ state: ${OBSERVATIONS}[0] }, { delay_steps: 2 })).reply;
  const delays = [later, free, usedUp].map((reply) => reply.delay_steps);
  if (String(delays) !== '2,0,0') throw new Error('delays ' + delays);
  const code = await robot.infer({ nothing: [1] }).then(() => 'accepted', (error: StrideError) => error.code);
  if (String(taken.map((action) => [...action!])) !== String([...first.actions.slice(0, 4)])) throw new Error('order');
  if (String(next) !== String([...(await underWay).actions.slice(2, 4)])) throw new Error('the action that passed');
  if (reply.chunk !== 1 || robot.metadata.action_dim !== 2 || code === 'accepted') throw new Error(code);
  robot.nextAction(); // the refusal has ended the connection: another session goes on with the plan
  const resumed = (await robot.infer({ state: ${OBSERVATIONS}[0] }, { delay_steps: 2 })).reply;
  if (resumed.chunk !== 0 || resumed.delay_steps !== 2) throw new Error('not resumed ' + resumed.delay_steps);
  robot.close();
  const anew = (await robot.infer({ state: ${OBSERVATIONS}[0] }, { delay_steps: 2 })).reply;
  if (anew.delay_steps !== 0) throw new Error('a closed session goes on');
  robot.close();
  console.log(JSON.stringify({ model, shape, actions: [...actions], events, refused }));
`;

const PYTHON = (url: string): string => `
import json, numpy as np
from stride_client import Stride, StrideError
stride = Stride("${url}")
stride.upload_dataset("tiny", "pairs.safetensors")
model = stride.train(json.load(open("training.json")))["model"]
seen = []
actions = stride.sample(json.loads('${REQUEST}'), observations=np.array(${OBSERVATIONS}))
job = stride.call("GET", "/v1/sampling-jobs?limit=1")["items"][0]
events = [event["type"] for event in stride.follow(job["id"])]
try:
    stride.sample({"model": "nobody"}, observations=np.zeros((1, ${OBS_SIZE})))
    refused = "accepted"
except StrideError as error:
    refused = error.code
with stride.policy("tiny@1", seed=11, steps=4) as policy:
    first = policy.infer({"state": np.array(${OBSERVATIONS}[0], dtype="<f8")})
    policy._socket._socket.shutdown(2)  # the network fails: another session begins
    again = policy.infer({"state": np.array(${OBSERVATIONS}[0])}, executed_steps=1, delay_steps=2)
    assert policy.metadata["action_dim"] == actions.shape[2] and first["actions"].shape == actions.shape[1:]
    assert again["chunk"] == 0 and again["seed"] == first["seed"] and again["delay_steps"] == 2
    pulled = policy.infer({"state": np.array(${OBSERVATIONS}[0])}, executed_steps=1, delay_steps=1)
    assert pulled["chunk"] == 1 and pulled["delay_steps"] == 1
    free = policy.infer({"state": np.array(${OBSERVATIONS}[0])}, delay_steps=1)
    used_up = policy.infer({"state": np.array(${OBSERVATIONS}[0])}, executed_steps=actions.shape[1], delay_steps=1)
    assert free["delay_steps"] == used_up["delay_steps"] == 0
    try:
        policy.infer({"nothing": np.zeros(1)})
        raise AssertionError("accepted")
    except StrideError as error:
        assert error.code, error
print(json.dumps({"model": model, "shape": actions.shape, "actions": actions.ravel().tolist(), "events": events, "refused": refused}))
`;

describe.skipIf(!redisAvailable)('A client that is taken along', () => {
  let stride: TestStride;
  let folder: string;
  beforeAll(async () => {
    stride = await TestStride.start();
    folder = mkdtempSync(join(tmpdir(), 'stride-clients-'));
    writeFileSync(join(folder, 'pairs.safetensors'), tinyDataset());
    writeFileSync(join(folder, 'training.json'), JSON.stringify(trainingRequest({ model: 'tiny' })));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await stride.stop();
  });

  it('in TypeScript is what npm pack makes: it type-checks, trains, samples, follows, and names a refusal', async () => {
    const packed = join(folder, 'node_modules/@stride/client');
    mkdirSync(packed, { recursive: true });
    execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: join(root, 'libs/client') });
    execFileSync('tar', ['xzf', join(folder, 'stride-client-0.1.0.tgz'), '--strip-components=1', '-C', packed]);
    for (const name of [...DEPENDENCIES, '@types'])
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'robot.ts'), TYPESCRIPT(stride.url));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const options = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node', 'robot.ts'];
    execFileSync(process.execPath, [compiler, ...options], { cwd: folder, stdio: 'inherit' });
    await expectReport(execFileSync(process.execPath, ['robot.js'], { cwd: folder, encoding: 'utf8' }), 'tiny@1');
  });

  it.skipIf(python === undefined)('in Python is one file beside numpy, and does the same', async () => {
    writeFileSync(join(folder, 'robot.py'), PYTHON(stride.url));
    const env = { ...process.env, PYTHONPATH: join(root, 'clients/python'), PYTHONDONTWRITEBYTECODE: '1' };
    await expectReport(execFileSync(String(python), ['robot.py'], { cwd: folder, env, encoding: 'utf8' }), 'tiny@2');
  });

  it('executes one plan while the next is computed, in the loops of the examples', () => {
    const args = ['tiny', `${OBS_SIZE}`, '20'];
    const loop = join(root, 'dist/examples/robot-loop/robot-loop.js');
    const env = { ...process.env, STRIDE_URL: stride.url, PYTHONPATH: join(root, 'clients/python') };
    expectActions(execFileSync(process.execPath, [loop, ...args], { env, encoding: 'utf8' }));
    if (python === undefined) return;
    const example = join(root, 'examples/robot-loop/robot_loop.py');
    expectActions(execFileSync(python, ['-B', example, ...args], { env, encoding: 'utf8' }));
  });

  function expectActions(output: string): void {
    expect(output.match(/\[\s*-?\d[^\]]*\]/g)?.length ?? 0).toBeGreaterThanOrEqual(HORIZON);
    expect(output.match(/holds still|\]/g)).toHaveLength(20);
  }

  async function expectReport(output: string, model: string): Promise<void> {
    const report = Report.parse(JSON.parse(output));
    const body = {
      ...z.object({ model: z.string(), seed: z.int(), numInferenceSteps: z.int() }).parse(JSON.parse(REQUEST)),
    };
    const observations = z.array(z.array(z.number())).parse(JSON.parse(OBSERVATIONS));
    const { shape, actions } = await stride.client.sample({ ...body, observations });
    expect(report).toMatchObject({ model, shape, actions: [...actions], refused: 'model_not_found' });
    expect(report.events.at(-1)).toBe('succeeded');
  }
});
