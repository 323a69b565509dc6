import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SamplingJob, SamplingJobPage } from '#contract';
import { publishTinyModel } from '../api/test-api.js';
import { root } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { perfAnalyzer, pythonEnvironment } from './python-environment.js';

const python = pythonEnvironment();
const analyzer = 'missing' in python ? python : perfAnalyzer();
for (const program of new Set([python, analyzer]))
  if ('missing' in program) process.stderr.write(`Unmodified clients are skipped: ${program.missing}\n`);
const isMissing = (program: object): boolean => 'missing' in program;

const TritonReport = z.object({
  shapes: z.array(z.array(z.int())),
  actions: z.array(z.string()),
  sizes: z.array(z.array(z.int())),
  refused: z.string(),
});
const OpenpiReport = z.object({
  model: z.string(),
  plans: z.array(z.string()),
  seeds: z.array(z.int()),
  steps: z.string(),
  refused: z.string(),
});
const VlaEvalReport = z.object({
  hello: z.string(),
  steps: z.string(),
  refused: z.string(),
  goesOn: z.boolean(),
  control: z.array(z.unknown()),
});

/** The clients themselves, as their packages are. */
describe.skipIf(!redisAvailable || isMissing(python))('Unmodified clients', () => {
  let stride: TestStride;
  beforeAll(async () => {
    stride = await TestStride.start();
    await publishTinyModel(`${stride.directory}/artifacts`, 'tiny');
  });
  afterAll(() => stride.stop());

  const run = (program: typeof python, args: readonly string[]): string => {
    if ('missing' in program) throw new Error(program.missing);
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...program.env };
    const { status, stdout, stderr } = spawnSync(program.command, args, { env, encoding: 'utf8', timeout: 120_000 });
    if (status !== 0) throw new Error(`${program.command} ended with ${status}: ${stdout}${stderr}`);
    return stdout;
  };
  const report = (script: string): unknown =>
    JSON.parse(run(python, [join(root, 'test/unmodified-clients', script), new URL(stride.url).host]));
  /** The actions of the same request over /v1, as hex. */
  const expected = async (body: object): Promise<string> => {
    const response = await fetch(`${stride.url}/v1/sampling-jobs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=30, tensors=base64' },
      body: JSON.stringify({ model: 'tiny', numInferenceSteps: 5, ...body }),
    });
    return Buffer.from(String(SamplingJob.parse(await response.json()).result?.data), 'base64').toString('hex');
  };
  const observations = [[0.25, -0.5, 0.75]];

  it('tritonclient.http gets the bytes of /v1 in every form, one by one and several at once', async () => {
    const { shapes, actions, sizes, refused } = TritonReport.parse(report('run_tritonclient.py'));
    expect(sizes).toEqual([
      [-1, 3],
      [4, 2],
    ]);
    expect([shapes.length, new Set(shapes.map(String))]).toEqual([26, new Set(['2,4,2'])]);
    expect(new Set(actions)).toEqual(
      new Set([await expected({ observations: [...observations, [1, 0, -1]], seed: 7 })]),
    );
    expect(refused).toMatch(/^422 unsupported_dtype: .* must be FP32/);
  });

  it.skipIf(isMissing(analyzer))('perf_analyzer measures, and each of its requests is a job', async () => {
    const before = await countJobs();
    const output = run(analyzer, ['-m', 'tiny', '-u', new URL(stride.url).host, '-b', '2', '--request-count', '40']);
    expect(output).toMatch(/throughput: [1-9][\d.]* infer\/sec/);
    expect((await countJobs()) - before).toBeGreaterThanOrEqual(40);
  });

  it('openpi-client gets the bytes of /v1, plan by plan and step by step', async () => {
    const { model, plans, seeds, steps, refused } = OpenpiReport.parse(report('run_openpi_client.py'));
    const same = await Promise.all(seeds.map((seed) => expected({ observations, seed })));
    expect([model, plans, steps]).toEqual(['tiny@1', same, same[0]]);
    expect(refused).toContain('shape_mismatch: expected 3 numbers');
  });

  it("vla-eval's Connection gets the steps of the same plan, and goes on after an error", async () => {
    const { hello, steps, refused, goesOn, control } = VlaEvalReport.parse(report('run_vla_eval.py'));
    const { plans } = OpenpiReport.parse(report('run_openpi_client.py'));
    expect([hello, steps, goesOn]).toEqual(['tiny@1', plans[0], true]);
    expect(refused).toContain('shape_mismatch');
    const nothing = { applied: {}, config: {} };
    expect(control).toEqual([{ status: 'ok' }, nothing, { status: 'ok' }, nothing]);
  });

  async function countJobs(): Promise<number> {
    const response = await fetch(`${stride.url}/v1/sampling-jobs?status=succeeded&limit=200`);
    const { items } = SamplingJobPage.parse(await response.json());
    expect(items.length).toBeLessThan(200);
    return items.length;
  }
});
