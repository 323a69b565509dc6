import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuardMetrics } from '#metrics';
import { InvalidConfigError, StartChecks } from '#server';
import { startRedis, type TestRedis } from '../redis.js';

let server: TestRedis;
let redis: Redis;
let registry: Registry;
let checks: StartChecks;

beforeEach(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  registry = new Registry();
  checks = new StartChecks(redis, new GuardMetrics(registry));
});
afterEach(async () => {
  redis.disconnect();
  await server.stop();
});

const warningMetric = async (check: string): Promise<number | undefined> => {
  const metric = registry.getSingleMetric('stride_start_check_warnings');
  return (await metric?.get())?.values.find(({ labels }) => labels['check'] === check)?.value;
};

describe('the start-up checks against a real Redis', () => {
  it('pass with noeviction, and say that nothing is durable without an append-only file', async () => {
    const { faults, warnings, memoryRatio } = await checks.check();
    expect(faults).toEqual([]);
    expect([...warnings.keys()]).toEqual(['durability']);
    expect(memoryRatio).toBeGreaterThan(0);
    expect(await warningMetric('durability')).toBe(1);
    expect(await warningMetric('maxmemory')).toBe(0);
  });

  it('refuse a policy that evicts jobs, with the command that changes it', async () => {
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
    await expect(checks.check()).rejects.toBeInstanceOf(InvalidConfigError);
    await expect(checks.check()).rejects.toThrow(/maxmemory-policy noeviction/);
  });

  it('refuse a clock that is off by five minutes', async () => {
    await expect(checks.check(() => Date.now() + 300_000)).rejects.toThrow(/synchronise/);
  });

  it('are repeated after a reconnect, and then show what has changed', async () => {
    await checks.check();
    const admin = redis.duplicate();
    await admin.config('SET', 'maxmemory-policy', 'volatile-ttl');
    const changed = new Promise((resolve) => checks.onReport(({ faults }) => resolve(faults)));
    await admin.call('CLIENT', 'KILL', 'ID', String(await redis.client('ID')));
    expect(await changed).toEqual([expect.stringContaining('volatile-ttl')]);
    expect(checks.report.faults).toHaveLength(1);
    admin.disconnect();
  });
});
