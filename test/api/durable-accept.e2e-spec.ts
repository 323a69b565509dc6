import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findRedisServer } from '#system';
import { eventLine, TestProcess } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { RedisProcesses } from '../redis-processes.js';
import { publishTinyModel } from './test-api.js';

const NUM_JOBS = 50;

/** Of the server on this machine, or of what a Valkey claims to be compatible with. */
function hasWaitaof(): boolean {
  const found = findRedisServer();
  if ('problem' in found) return false;
  const [, major = 0, minor = 0] =
    /v=(\d+)\.(\d+)/.exec(spawnSync(found.binary, ['--version']).stdout.toString()) ?? [];
  return Number(major) > 7 || (Number(major) === 7 && Number(minor) >= 2);
}

describe.skipIf(!redisAvailable)('STRIDE_DURABLE_ACCEPT', () => {
  let servers: RedisProcesses;
  let directory: string;
  let port: number;
  beforeEach(async () => {
    servers = new RedisProcesses();
    directory = mkdtempSync(join(tmpdir(), 'stride-durable-'));
    ({ port } = await servers.startServer(['appendfsync everysec']));
  });
  afterEach(async () => {
    await servers.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  function startApi(): TestProcess {
    const env = { REDIS_URL: `redis://127.0.0.1:${port}`, STRIDE_PORT: '0', STRIDE_ARTIFACTS: directory };
    const script = 'dist/apps/api/src/main.js';
    return new TestProcess({ name: 'api', script, env: { ...env, STRIDE_DURABLE_ACCEPT: 'true' } });
  }

  it.skipIf(hasWaitaof())('ends the start with 78 where Redis cannot say what is on its disk', async () => {
    const api = startApi();
    expect(await api.exited).toMatchObject({ code: 78 });
    expect(api.lines.at(-1)).toMatch(/STRIDE_DURABLE_ACCEPT.*WAITAOF.*appendfsync always/);
  });

  it.runIf(hasWaitaof())('acknowledges jobs that are on the disk, and many with one wait', async () => {
    await publishTinyModel(directory, 'tiny');
    const api = startApi();
    const url = String((await api.untilLine((line) => eventLine(line, 'ready'))).url);
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ model: 'tiny', observations: [[1, 2, 3]] });
    const answers = await Promise.all(
      Array.from({ length: NUM_JOBS }, () => fetch(`${url}/v1/sampling-jobs`, { method: 'POST', headers, body })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    const stats = await servers.client(`redis://127.0.0.1:${port}`).info('commandstats');
    const waits = Number(/cmdstat_waitaof:calls=(\d+)/.exec(stats)?.[1] ?? 0);
    expect(waits).toBeGreaterThan(0);
    expect(waits).toBeLessThan(NUM_JOBS / 2);
    await api.stop();
  });
});
