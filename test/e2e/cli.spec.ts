import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '#system';
import { redisAvailable } from '../redis.js';
import { TestProcess } from '../processes.js';
import { PseudoTerminal, terminalAvailable } from './pseudo-terminal.js';
import { TestStride } from '../stride.js';
import { ACTION_DIM, HORIZON, someObservations, tinyDataset, trainingRequest } from './tiny-model.js';

interface CommandResult {
  readonly code: number | null;
  readonly lines: readonly string[];
}

async function stride(url: string, ...args: string[]): Promise<CommandResult> {
  const script = 'dist/apps/cli/src/main.js';
  const command = new TestProcess({ name: `stride ${args[0]}`, script, args, env: { STRIDE_URL: url } });
  const { code } = await command.exited;
  command.assertNothingEscaped();
  return { code, lines: command.lines };
}

/** The objects that --json printed. */
const objects = (lines: readonly string[]): unknown[] =>
  lines.filter((line) => line.startsWith('{')).map((line): unknown => JSON.parse(line));

const POLICY = { observationKeys: ['state'], actionNames: ['x', 'y'], actionUnits: ['m', 'm'], fps: 20 };

describe.skipIf(!redisAvailable)('The command line as a client', () => {
  let service: TestStride;
  let directory = '';
  const run = (...args: string[]) => stride(service.url, ...args);
  const path = (name: string) => join(directory, name);

  beforeAll(async () => {
    service = await TestStride.start();
    directory = mkdtempSync(join(tmpdir(), 'stride-cli-'));
    writeFileSync(path('tiny.safetensors'), tinyDataset());
    writeFileSync(path('observations.json'), JSON.stringify(someObservations(2)));
    writeFileSync(path('training.json'), JSON.stringify(trainingRequest({ model: 'unused' })));
    expect(await run('datasets', 'upload', 'tiny', path('tiny.safetensors'))).toMatchObject({ code: 0 });
    writeFileSync(path('policy.json'), JSON.stringify(POLICY));
    const settings = ['--request', path('training.json'), '--policy', path('policy.json'), '--steps', '30'];
    const trained = await run('train', '--model', 'cli', ...settings);
    expect(trained).toMatchObject({ code: 0 });
    expect(trained.lines.at(-1)).toMatch(/^trained cli@1 in \d+\.\d s$/);
  });
  afterAll(async () => {
    rmSync(directory, { recursive: true, force: true });
    await service.stop();
  });

  it('gives a trained or imported version what it takes and gives as a policy, from its first moment', async () => {
    const checkpoint = await fetch(`${service.url}/v1/models/cli/versions/1/checkpoint`);
    writeFileSync(path('cli.safetensors'), new Uint8Array(await checkpoint.arrayBuffer()));
    const imported = ['models', 'import', 'copy', path('cli.safetensors'), '--policy', path('policy.json')];
    expect(await run(...imported)).toMatchObject({ code: 0 });
    for (const name of ['cli', 'copy']) {
      const described = await fetch(`${service.url}/v1/policies/${name}`);
      expect(await described.json()).toMatchObject({ interface: POLICY });
    }
  });

  it('lists what there is', async () => {
    expect((await run('datasets', 'list')).lines.at(-1)).toMatch(/^tiny {5}256 +\[3\] +\[4, 2\]/);
    expect((await run('models', 'list')).lines.at(-1)).toMatch(/^copy +1 +\d+/);
    expect((await run('jobs', 'list', '--kind', 'training')).lines.at(-1)).toMatch(/^trn_\w+ +succeeded +cli@1 +100 %/);
  });

  it('samples to a file in the format of its ending, the same bytes for the same seed', async () => {
    const request = [
      'sample',
      '--model',
      'cli',
      '--observations',
      path('observations.json'),
      '--seed',
      '5',
      '--steps',
      '4',
    ];
    for (const name of ['a.npy', 'b.npy', 'a.json', 'a.safetensors'])
      expect(await run(...request, '--out', path(name))).toMatchObject({ code: 0 });
    expect(readFileSync(path('a.npy'))).toEqual(readFileSync(path('b.npy')));
    expect(readFileSync(path('a.npy')).subarray(1, 6).toString()).toBe('NUMPY');
    const actions: unknown = JSON.parse(readFileSync(path('a.json'), 'utf8'));
    expect(Array.isArray(actions) ? actions.flat(2) : []).toHaveLength(2 * HORIZON * ACTION_DIM);
    const numbers = readFileSync(path('a.npy')).subarray(-4 * 2 * HORIZON * ACTION_DIM);
    expect(readFileSync(path('a.safetensors')).subarray(-numbers.length)).toEqual(numbers);
  });

  it('takes observations from an npy file', async () => {
    writeFileSync(path('observations.npy'), npy(someObservations(2)));
    const request = ['sample', '--model', 'cli', '--seed', '5', '--steps', '4'];
    expect(await run(...request, '--observations', path('observations.npy'), '--out', path('c.npy'))).toMatchObject({
      code: 0,
    });
    expect(await run(...request, '--observations', path('observations.json'), '--out', path('d.npy'))).toMatchObject({
      code: 0,
    });
    expect(readFileSync(path('c.npy'))).toEqual(readFileSync(path('d.npy')));
  });

  it('--json prints one object per line: accepted, every event, the finished job, the result', async () => {
    const { code, lines } = await run(
      'sample',
      '--json',
      '--model',
      'cli',
      '--observations',
      path('observations.json'),
    );
    expect(code).toBe(0);
    const events = objects(lines);
    expect(events[0]).toMatchObject({ event: 'accepted', job: { kind: 'sampling' } });
    expect(events).toContainEqual(expect.objectContaining({ event: 'succeeded' }));
    expect(events.at(-2)).toMatchObject({ event: 'finished', job: { status: 'succeeded' } });
    expect(events.at(-1)).toMatchObject({ event: 'result', actions: expect.any(Array) });
  });

  it('watches, shows and cancels a job by its id; a cancelled one is a failure', async () => {
    const training = [
      'train',
      '--request',
      path('training.json'),
      '--model',
      'cancelled',
      '--steps',
      '1000000',
      '--detach',
    ];
    const id = (await run(...training)).lines.at(-1) ?? '';
    const watching = run('jobs', 'watch', id);
    expect((await run('jobs', 'show', id, '--json')).lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { id },
    ]);
    expect(await run('jobs', 'cancel', id)).toMatchObject({ code: 0 });
    const watched = await watching;
    expect(watched.code).toBe(1);
    expect(watched.lines.at(-2)).toContain(`${id} cancelled`); // what to do next comes last
  });

  it.each([
    [['sample', '--model', 'nobody'], 1, 'model_not_found'],
    [['jobs', 'show', 'smp_00000000000000000000000000'], 1, 'not_found'],
    [['sample'], 2, '--model NAME'],
    [['sample', '--model', 'cli', '--out', 'x.txt'], 2, '--out must end in'],
    [['sample', '--model', 'cli', '--observations', '/nowhere.json'], 2, 'cannot read /nowhere.json'],
    [['datasets', 'upload', 'x', '/nowhere.safetensors'], 2, 'cannot read /nowhere.safetensors'],
  ])('%j ends with %i and says why', async (args, code, message) => {
    const result = await run(...args);
    expect(result.code).toBe(code);
    expect(result.lines.join('\n')).toContain(message);
  });

  it('names, downloads, exports, describes and deletes a version', async () => {
    const imported = ['models', 'import', 'versions', path('cli.safetensors')];
    expect(await run('models', 'download', 'cli@1', path('cli.safetensors'))).toMatchObject({ code: 0 });
    expect(await run(...imported)).toMatchObject({ code: 0 });
    expect(await run(...imported)).toMatchObject({ code: 0 });
    expect((await run('models', 'alias', 'versions@1', 'stable')).lines).toEqual(['versions@stable is versions@1']);
    expect(await run('models', 'policy', 'versions@1', path('policy.json'))).toMatchObject({ code: 0 });
    const shown = await run('models', 'policy', 'versions@stable', '--json');
    expect(objects(shown.lines)).toMatchObject([{ interface: POLICY }]);
    expect(await run('models', 'export', 'versions@1', path('sampler.onnx'), '--steps', '2')).toMatchObject({
      code: 0,
    });
    expect(readFileSync(path('sampler.onnx')).length).toBeGreaterThan(1_000);
    expect((await run('models', 'delete', 'versions@1')).lines).toEqual(['deleted versions@1']);
    const left = objects((await run('models', 'show', 'versions', '--json')).lines);
    expect(left).toMatchObject([{ latestVersion: 2, aliases: {} }]);
    expect(objects((await run('models', 'show', 'versions@2', '--json')).lines)).toMatchObject([{ version: 2 }]);
  });

  it('shows what jobs have left behind, and what the service is doing', async () => {
    const training =
      (await run('jobs', 'list', '--kind', 'training')).lines.find((line) => line.includes('cli@1')) ?? '';
    const [id = ''] = training.split(' ');
    expect((await run('jobs', 'metrics', id)).lines.at(-1)).toMatch(/^30 +\d\.\d{5}/);
    expect(await run('jobs', 'checkpoints', id)).toMatchObject({ code: 0 });
    const sampling = [
      'sample',
      '--model',
      'cli',
      '--observations',
      path('observations.json'),
      '--seed',
      '5',
      '--detach',
    ];
    const sampled = (await run(...sampling)).lines.at(-1) ?? '';
    await run('jobs', 'watch', sampled);
    expect(objects((await run('jobs', 'request', sampled, '--json')).lines)).toMatchObject([{ seed: 5 }]);
    for (const name of ['e.npy', 'f.npy'])
      expect(await run('jobs', 'result', sampled, '--out', path(name))).toMatchObject({ code: 0 });
    expect(readFileSync(path('e.npy'))).toEqual(readFileSync(path('f.npy')));
    const uploaded = (await run('artifacts', 'upload', path('e.npy'))).lines.at(-1) ?? '';
    expect(await run('artifacts', 'download', uploaded, path('g.npy'))).toMatchObject({ code: 0 });
    expect(readFileSync(path('g.npy'))).toEqual(readFileSync(path('e.npy')));
    expect((await run('workers')).lines.at(-1)).toMatch(/ cpu .* running$/);
    expect((await run('stats')).lines.join('\n')).toMatch(/^sampling +0 +0/m);
    expect((await run('datasets', 'stats', 'tiny')).lines.at(-1)).toMatch(/^action\[1\] /);
    expect(await run('robots')).toMatchObject({ code: 0 });
    expect((await run('top')).lines.join('\n')).toMatch(/1 worker · [^]*trn_\w+ +succeeded +cli@1 +100 %/);
  });

  it.skipIf(!terminalAvailable)('on a terminal a training is a bar with its loss as a curve', async () => {
    const settings = ['--request', path('training.json'), '--steps', '400'];
    const terminal = new PseudoTerminal(['train', '--model', 'drawn', ...settings], { STRIDE_URL: service.url });
    expect(await terminal.exited).toBe(0);
    expect(terminal.text).toMatch(/training [█░]{12} \d+ % \d+\/400 loss \d\.\d{5} [▁-█]+, \d+ s left, \d+ steps\/s/);
    expect(terminal.text).toMatch(/training █{12} 100 % 400\/400/);
    expect(terminal.text).toContain('trained drawn@1');
  });

  it.skipIf(!terminalAvailable)('stride top obeys its keys, and gives the terminal back', async () => {
    const terminal = new PseudoTerminal(['top', '--interval', '0.2'], { STRIDE_URL: service.url });
    try {
      await terminal.shows(/p pause · s sort: state[^]*1 worker · /);
      terminal.press('s');
      await terminal.shows(/sort: age/);
      terminal.press('p');
      await terminal.shows(/\(paused\)[^]*p go on/);
      terminal.press('q');
      expect(await terminal.exited).toBe(0);
      expect(terminal.text.endsWith('\u001B[?25h\u001B[?1049l')).toBe(true);
    } finally {
      terminal.kill();
    }
  });

  it('says how to reach a service when there is none', async () => {
    const result = await stride(`http://127.0.0.1:${await freePort()}`, 'models', 'list');
    expect(result.code).toBe(1);
    expect(result.lines.join('\n')).toMatch(/cannot reach the service .*ECONNREFUSED.*\n.*`stride up`.*STRIDE_URL/);
  });

  it('doctor finds what this machine needs, and something missing is exit code 1', async () => {
    const sound = await run('doctor', '--json', '--data-dir', directory);
    expect(sound.code).toBe(0);
    expect(objects(sound.lines)).toContainEqual(expect.objectContaining({ name: 'ONNX Runtime cpu', status: 'ok' }));
    const script = 'dist/apps/cli/src/main.js';
    const free = `127.0.0.1:${await freePort()}`;
    const env = { REDIS_URL: `redis://${free}`, STRIDE_ARTIFACTS: `http://${free}`, STRIDE_ARTIFACTS_KEY: 'none' };
    const unsound = new TestProcess({ name: 'doctor', script, args: ['doctor', '--json'], env });
    expect(await unsound.exited).toMatchObject({ code: 1 });
    for (const name of ['Redis', 'Artifacts'])
      expect(objects(unsound.lines)).toContainEqual(expect.objectContaining({ name, status: 'problem' }));
  });
});

/** A little-endian float32 file as NumPy writes it. */
function npy(rows: readonly (readonly number[])[]): Buffer {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${rows.length}, ${rows[0]?.length ?? 0}), }`;
  const text = `${header.padEnd(117)}\n`; // 10 + 118 is a multiple of 64
  const length = Buffer.alloc(2);
  length.writeUInt16LE(text.length);
  const numbers = Buffer.from(Float32Array.from(rows.flat()).buffer);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, Buffer.from(text), numbers]);
}
