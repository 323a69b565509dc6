import { mkdtempSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InstallationRecord, Keys } from '#queue';
import { GuardMetrics } from '#metrics';
import { Installation, InvalidConfigError, StartChecks } from '#server';
import { InstallationFile, openStore } from '#storage';
import { startRedis, type TestRedis } from '../redis.js';

let server: TestRedis;
let redis: Redis;
let registry: Registry;
let checks: StartChecks;
let directory: string;

const installationOf = (root: string) =>
  new Installation(new InstallationFile(openStore(root)), new InstallationRecord(redis));
const checksOf = (root: string, metrics = new Registry()) =>
  new StartChecks([{ redis, keys: new Keys() }], new GuardMetrics(metrics), { belongings: [installationOf(root)] });

beforeEach(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  await redis.ping(); // or a check of its own, made once the connection is ready, would go on beside the test
  registry = new Registry();
  directory = mkdtempSync(join(tmpdir(), 'stride-checks-'));
  checks = checksOf(directory, registry);
});
afterEach(async () => {
  redis.disconnect();
  await server.stop();
  rmSync(directory, { recursive: true });
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
    await expect(checks.check()).rejects.toMatchObject({ code: 'unsafe_redis' });
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

describe('an installation', () => {
  const file = () => join(directory, 'installation.json');
  const otherRoot = () => join(directory, 'other');

  it('is founded once, by any number of processes that begin at the same moment', async () => {
    const faults = await Promise.all(Array.from({ length: 8 }, () => installationOf(directory).fault()));
    expect(faults).toEqual(Array(8).fill(undefined));
    expect(await new InstallationRecord(redis).read()).toBe(await new InstallationFile(openStore(directory)).read());
  });

  it('takes in nobody with the root of another one: both ids are named, and how to mend it', async () => {
    await new InstallationFile(openStore(otherRoot())).claim('theirs');
    await checks.check();
    const mine = await new InstallationRecord(redis).read();
    const refused = checksOf(otherRoot()).check();
    await expect(refused).rejects.toBeInstanceOf(InvalidConfigError);
    await expect(refused).rejects.toMatchObject({ code: 'foreign_store' });
    await expect(refused).rejects.toThrow(new RegExp(`installation theirs.*installation ${mine}.*redis-cli del`));
    await redis.del(new InstallationRecord(redis).key);
    await checksOf(otherRoot()).check();
    await expect(checks.check()).rejects.toThrow(/installation theirs/);
  });

  it('takes in nobody with an empty root, such as one whose volume is not mounted', async () => {
    await checks.check();
    await expect(checksOf(otherRoot()).check()).rejects.toThrow(/has no installation.json.*mounted/);
    unlinkSync(file());
    await expect(checks.check()).rejects.toThrow(/has no installation.json/);
  });

  it('goes on with a Redis that has lost everything', async () => {
    await checks.check();
    const before = await new InstallationRecord(redis).read();
    await redis.flushall();
    await checks.check();
    expect(await new InstallationRecord(redis).read()).toBe(before);
  });
});
