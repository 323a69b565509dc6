import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isRunning, type ProcessIdentity } from '../../apps/cli/src/process-identity.js';
import { createStrideClient, found } from '#client';
import { eventLine, TestProcess } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { until } from '../until.js';
import { trainTinyModel, uploadTinyDataset } from './tiny-model.js';

const Ready = z.object({
  event: z.literal('ready'),
  api: z.url(),
  workers: z.array(z.object({ metrics: z.url() })),
  redis: z.url(),
  dataDir: z.string(),
});
const Lock = z.object({ parts: z.array(z.object({ name: z.string(), pid: z.number(), started: z.string() })) });

const untilGone = (gone: readonly ProcessIdentity[]) =>
  until('all parts have ended', () => Promise.resolve(gone.some(isRunning) ? undefined : true));
const answers = async (url: string): Promise<true | undefined> => ((await fetch(url)).ok ? true : undefined);

describe.skipIf(!redisAvailable)('stride up', () => {
  let directory = '';
  let running: TestProcess[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'stride-up-'));
  });
  afterEach(async () => {
    await Promise.all(running.map((process) => process.kill()));
    running = [];
    rmSync(directory, { recursive: true, force: true });
  });

  const run = (...args: string[]): TestProcess => {
    const script = 'dist/apps/cli/src/main.js';
    const started = new TestProcess({ name: 'up', script, args: ['up', '--json', '--data-dir', directory, ...args] });
    running.push(started);
    return started;
  };
  const start = async (...args: string[]) => {
    const process = run('--port', '0', ...args);
    return { process, ready: Ready.parse(await process.untilLine((line) => eventLine(line, 'ready'))) };
  };
  /** Redis, API and workers, as the lock file names them. */
  const parts = () => Lock.parse(JSON.parse(readFileSync(join(directory, 'lock'), 'utf8'))).parts;

  it('prints one line when everything answers, and leaves no process behind at SIGTERM', async () => {
    const { process, ready } = await start('--workers', '2');
    expect(ready.dataDir).toBe(directory);
    expect(ready.workers).toHaveLength(2);
    await until('the API is ready', () => answers(`${ready.api}/health/ready`));
    for (const { metrics } of ready.workers) expect(await answers(metrics)).toBe(true);
    const started = parts();
    expect(started).toHaveLength(4);
    expect(started.every(isRunning)).toBe(true);
    await process.stop();
    expect(started.filter(isRunning)).toEqual([]);
  });

  it('a second run on the same data directory finds models and jobs again', async () => {
    const first = await start();
    const client = createStrideClient(first.ready.api);
    await uploadTinyDataset(client);
    const job = await trainTinyModel(client, { model: 'kept' });
    await first.process.stop();

    const second = await start();
    const again = createStrideClient(second.ready.api);
    const models = found(await again.GET('/v1/models'));
    expect(models.items.map(({ name }) => name)).toEqual(['kept']);
    const sameJob = found(await again.GET('/v1/training-jobs/{id}', { params: { path: { id: job.id } } }));
    expect(sameJob).toMatchObject({ status: 'succeeded', result: job.result });
    await second.process.stop();
  });

  it('a data directory has one system at a time', async () => {
    const { process } = await start('--workers', '0');
    const second = run('--port', '0');
    expect(await second.exited).toMatchObject({ code: 1 });
    expect(second.lines.join('\n')).toContain(`in use by another stride up (process ${process.pid})`);
    await process.stop();
  });

  it('a port that is taken is a clear message and exit code 2', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const refused = run('--port', `${port}`);
    expect(await refused.exited).toMatchObject({ code: 2 });
    expect(refused.lines.join('\n')).toContain(`port ${port} is in use; choose another with --port`);
    server.close();
  });

  it('a worker that crashed is started again at the same address', async () => {
    const { process, ready } = await start();
    const [metrics = ''] = ready.workers.map((worker) => worker.metrics);
    const worker = parts().find(({ name }) => name === 'worker-1');
    globalThis.process.kill(worker?.pid ?? 0, 'SIGKILL');
    await process.untilLine((line) => (line.includes('worker-1') && line.includes('SIGKILL') ? line : undefined));
    await until('the new worker answers', () => answers(metrics));
    expect(parts().map(({ pid }) => pid)).not.toContain(worker?.pid);
    await process.stop();
  });

  it.runIf(globalThis.process.platform === 'linux')('takes its parts along when it is killed with -9', async () => {
    const { process } = await start();
    const started = parts();
    await process.kill();
    await untilGone(started);
    const again = await start('--workers', '0'); // the stale lock is no obstacle
    await again.process.stop();
  });

  it('a second signal ends everything at once', async () => {
    const { process } = await start();
    const started = parts();
    process.signal('SIGTERM');
    await process.untilLine((line) => (line.includes('once more stops at once') ? line : undefined));
    process.signal('SIGTERM');
    expect(await process.exited).toMatchObject({ code: 1 });
    await untilGone(started);
  });
});
