import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findProgram, isRunning, type ProcessIdentity } from '#system';
import { createStrideClient, found } from '#client';
import { eventLine, TestProcess } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { until } from '../until.js';
import { trainTinyModel, uploadTinyDataset } from './tiny-model.js';

const Ready = z.object({
  event: z.literal('ready'),
  api: z.url(),
  apis: z.array(z.url()),
  workers: z.array(z.object({ metrics: z.url() })),
  redis: z.url(),
  dataDir: z.string(),
});
const Lock = z.object({ parts: z.array(z.object({ name: z.string(), pid: z.number(), started: z.string() })) });

const untilGone = (gone: readonly ProcessIdentity[]) =>
  until('all parts have ended', () => Promise.resolve(gone.some(isRunning) ? undefined : true));
const answers = async (url: string): Promise<true | undefined> => ((await fetch(url)).ok ? true : undefined);

const promtool = findProgram('promtool');
const script = 'dist/apps/cli/src/main.js';

function up(directory: string, ...args: string[]): TestProcess {
  return new TestProcess({ name: 'up', script, args: ['up', '--json', '--data-dir', directory, ...args] });
}

async function untilReady(process: TestProcess): Promise<z.output<typeof Ready>> {
  return Ready.parse(await process.untilLine((line) => eventLine(line, 'ready')));
}

/** Redis, API and workers, as the lock file names them. */
function parts(directory: string): z.output<typeof Lock>['parts'] {
  return Lock.parse(JSON.parse(readFileSync(join(directory, 'lock'), 'utf8'))).parts;
}

describe.skipIf(!redisAvailable)('stride up, running', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stride-up-'));
  let system: TestProcess;
  let ready: z.output<typeof Ready>;

  beforeAll(async () => {
    system = up(directory, '--port', '0', '--apis', '2', '--workers', '2');
    ready = await untilReady(system);
  });
  afterAll(async () => {
    await system.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('prints one line when everything answers', async () => {
    expect(ready.dataDir).toBe(directory);
    expect(ready.workers).toHaveLength(2);
    await until('the API is ready', () => answers(`${ready.api}/health/ready`));
    expect([ready.apis[0], new Set(ready.apis).size]).toEqual([ready.api, 2]);
    for (const url of ready.apis) await until('each API is ready', () => answers(`${url}/health/ready`));
    for (const { metrics } of ready.workers) expect(await answers(metrics)).toBe(true);
    expect(parts(directory).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['redis', 'api', 'api-2', 'worker-1', 'worker-2']),
    );
  });

  it.skipIf(promtool === undefined)("writes a configuration that is Prometheus'", () => {
    const { status, stderr } = spawnSync(promtool ?? '', ['check', 'config', join(directory, 'prometheus.yml')]);
    expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: '' });
  });

  it('`stride keys` finds its Redis by the data directory, where REDIS_URL says nothing', async () => {
    const args = ['keys', 'list', '--data-dir', directory];
    const keys = new TestProcess({ name: 'keys', script, args });
    expect(await keys.exited).toMatchObject({ code: 0 });
    expect(keys.lines.join('\n')).toContain('LAST USED');
    const elsewhere = new TestProcess({ name: 'keys', script, args, env: { REDIS_URL: 'redis://127.0.0.1:1' } });
    expect(await elsewhere.exited).toMatchObject({ code: 1 });
  });

  it('a data directory has one system at a time', async () => {
    const second = up(directory, '--port', '0');
    expect(await second.exited).toMatchObject({ code: 1 });
    expect(second.lines.join('\n')).toContain(`in use by another stride up (process ${system.pid})`);
  });

  it('two that start in the same moment both run, each on ports of its own', async () => {
    const directories = ['a', 'b'].map((name) => `${directory}-${name}`);
    const systems = directories.map((path) => up(path, '--port', '0'));
    const [first, second] = await Promise.all(systems.map(untilReady));
    const ports = [first, second].flatMap(({ api, workers }) => [api, ...workers.map(({ metrics }) => metrics)]);
    expect(new Set(ports.map((url) => new URL(url).port)).size).toBe(4);
    await Promise.all(systems.map((other) => other.stop()));
    for (const path of directories) rmSync(path, { recursive: true, force: true });
  });

  it('a port that is taken is a clear message and exit code 2', async () => {
    const { port } = new URL(ready.api);
    const refused = up(`${directory}-other`, '--port', port);
    expect(await refused.exited).toMatchObject({ code: 2 });
    expect(refused.lines.join('\n')).toContain(`port ${port} is in use; choose another with --port`);
  });

  it('a worker that crashed is started again at the same address', async () => {
    const [metrics = ''] = ready.workers.map((worker) => worker.metrics);
    const worker = parts(directory).find(({ name }) => name === 'worker-1');
    process.kill(worker?.pid ?? 0, 'SIGKILL');
    await system.untilLine((line) => (line.includes('worker-1') && line.includes('SIGKILL') ? line : undefined));
    await until('the new worker answers', () => answers(metrics));
    // Recorded when it says that it is ready, which may be after it answers.
    const pidOf = (name: string) => parts(directory).find((part) => part.name === name)?.pid;
    const next = await until('the new worker is on record', async () =>
      pidOf('worker-1') === worker?.pid ? undefined : pidOf('worker-1'),
    );
    expect(next).toBeGreaterThan(0);
  });
});

describe.skipIf(!redisAvailable)('stride up, ending', () => {
  let directory = '';
  let running: TestProcess[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'stride-up-'));
  });
  afterEach(async () => {
    await Promise.all(running.map((system) => system.kill()));
    running = [];
    rmSync(directory, { recursive: true, force: true });
  });

  const start = async (...args: string[]) => {
    const system = up(directory, '--port', '0', ...args);
    running.push(system);
    return { system, ready: await untilReady(system), parts: parts(directory) };
  };

  it('leaves no process behind at SIGTERM, and the next run finds models and jobs again', async () => {
    const first = await start();
    const client = createStrideClient(first.ready.api);
    await uploadTinyDataset(client);
    const job = await trainTinyModel(client, { model: 'kept' });
    expect(first.parts).toHaveLength(3);
    await first.system.stop();
    expect(first.parts.filter(isRunning)).toEqual([]);

    const second = await start('--workers', '0');
    const again = createStrideClient(second.ready.api);
    const models = found(await again.GET('/v1/models'));
    expect(models.items.map(({ name }) => name)).toEqual(['kept']);
    const sameJob = found(await again.GET('/v1/training-jobs/{id}', { params: { path: { id: job.id } } }));
    expect(sameJob).toMatchObject({ status: 'succeeded', result: job.result });
    await second.system.stop();
  });

  it.runIf(process.platform === 'linux')('takes its parts along when it is killed with -9', async () => {
    const killed = await start();
    await killed.system.kill();
    await untilGone(killed.parts);
    const again = await start('--workers', '0'); // the stale lock is no obstacle
    await again.system.stop();
  });

  it('a second signal ends everything at once', async () => {
    const { system, parts: started } = await start('--workers', '0');
    const api = started.find(({ name }) => name === 'api');
    process.kill(api?.pid ?? 0, 'SIGSTOP'); // so that an orderly end would last for a minute
    system.signal('SIGTERM');
    await system.untilLine((line) => (line.includes('once more stops at once') ? line : undefined));
    system.signal('SIGTERM');
    expect(await system.exited).toMatchObject({ code: 1 });
    await untilGone(started);
  });
});
