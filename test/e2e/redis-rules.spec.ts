import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queueOptions } from '#queue';
import { createWorkerRedis, redisAddress } from '#server';
import { freePort } from '#system';
import { makeCertificates } from '../certificates.js';
import { root } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { aclRule, commandsAllowedBy, commandsInSources, commandsOf } from '../redis-commands.js';
import { RedisProcesses } from '../redis-processes.js';
import { TestStride } from '../stride.js';
import { uploadTinyDataset } from './tiny-model.js';
import { runWholeFlow } from './whole-flow.js';

const FILE = join(root, 'deploy/redis/users.acl');
/** In front of the rule: Redis replays its append-only file as the first user, who must keep all rights. */
const HEAD = 'user default off ~* &* +@all\nuser stride on >CHANGE_ME ';

/** What this test tries; and the queue board's look at who is connected, which nobody here may know. */
const EXPECTED_REFUSALS = new Set(['other', 'keys', 'client|list']);

describe.skipIf(!redisAvailable)('A Redis with TLS, client certificates and a user with few rights', () => {
  const servers = new RedisProcesses();
  let stride: TestStride;
  let admin: Redis;
  let rule = '';
  let env: { REDIS_URL: string } & Record<string, string>;

  beforeAll(async () => {
    const { authority, server, client } = makeCertificates(servers.directory);
    const tls = await freePort();
    const files = [`tls-cert-file ${server.cert}`, `tls-key-file ${server.key}`, `tls-ca-cert-file ${authority.cert}`];
    const user = 'user stride on >secret ~* &* +@all -@admin';
    const { port } = await servers.startServer([`tls-port ${tls}`, ...files, user]);
    admin = servers.client(`redis://127.0.0.1:${port}`);
    env = {
      REDIS_URL: `rediss://stride:secret@127.0.0.1:${tls}`,
      STRIDE_REDIS_CA: authority.cert,
      STRIDE_REDIS_CERT: client.cert,
      STRIDE_REDIS_KEY: client.key,
    };
    stride = await TestStride.start({ env: { ...env, STRIDE_THREADS: '1' } });
    await uploadTinyDataset(stride.client);
  });
  afterAll(async () => {
    await stride?.stop();
    await servers.stop();
  });

  it('executes no command that is missing in deploy/redis/users.acl, which `npm run generate` writes', async () => {
    await runWholeFlow(stride);
    const listed = existsSync(FILE) ? commandsAllowedBy(readFileSync(FILE, 'utf8').split('\n')[1] ?? '') : [];
    rule = aclRule([...listed, ...commandsInSources(), ...(await commandsOf(admin))]);
    await expect(`${HEAD}${rule}\n`).toMatchFileSnapshot(FILE);
  });

  it('runs everything for a user that may execute only those, on our keys and channels alone', async () => {
    await admin.call('ACL', 'SETUSER', 'stride', 'resetkeys', 'resetchannels', ...rule.split(' '));
    await admin.call('ACL', 'LOG', 'RESET');
    const [former] = stride.workers;
    await stride.startWorker();
    if (former !== undefined) await stride.stopWorker(former);
    const mine = createWorkerRedis(redisAddress(env));
    const queue = new Queue('sampling', { ...queueOptions, connection: mine });
    expect(await runWholeFlow(stride)).toMatch(/^[0-9a-f]{64}$/);
    expect(await queue.clean(0, 1_000, 'completed')).not.toEqual([]); // as the sweep does
    await expect(mine.get('other')).rejects.toThrow(/NOPERM/);
    await expect(mine.keys('*')).rejects.toThrow(/NOPERM/);
    await queue.close();
    mine.disconnect();
    const log = (await admin.call('ACL', 'LOG')) as string[][];
    const refused = log.map((entry) => entry[entry.indexOf('object') + 1] ?? '');
    expect(refused.filter((name) => !EXPECTED_REFUSALS.has(name))).toEqual([]);
  });

  it('gives no right that administers the server', async () => {
    const risky = [...((await admin.call('ACL', 'CAT', 'dangerous')) as string[]), 'config', 'acl', 'debug'];
    expect(commandsAllowedBy(rule).filter((name) => name !== 'info' && risky.includes(name))).toEqual([]);
  });
});
