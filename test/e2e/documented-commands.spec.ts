import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStrideClient, found, waitForSamplingJob } from '#client';
import { initialParameters } from '#ddim';
import { findProgram, findRedisServer, RedisServer } from '#system';
import { publishTinyModel, tinyConfig } from '../api/test-api.js';
import { eventLine, root, TestProcess } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';

/** The first Python that has numpy. */
const python = ['python3', '/usr/bin/python3'].find(
  (command) => spawnSync(command, ['-c', 'import numpy']).status === 0,
);
const hasRedisCli = findProgram('redis-cli') !== undefined;
if (python === undefined) process.stderr.write('The quick start is not tried: there is no numpy for python3\n');
if (!hasRedisCli) process.stderr.write('The backup is not tried: there is no redis-cli\n');

/** The command line of this build under the names that the documentation has for it. */
const NAMES = `
  stride() { '${process.execPath}' '${join(root, 'dist/apps/cli/src/main.js')}' "$@"; }
  python3() { command ${python} "$@"; }
  npm() { while [ "$1" != -- ]; do shift; done; shift; stride "$@"; }
`;

/** Blocks of commands in a page, in their order. */
function commandsOf(page: string): string[] {
  const text = readFileSync(join(root, 'docs', page), 'utf8');
  return [...text.matchAll(/^```sh\n(?<commands>.*?)^```$/gms)].map(({ groups }) => groups?.['commands'] ?? '');
}

/** Ends when the commands have. @returns what they printed @throws Error with it when one of them failed */
function run(commands: string, cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const script = `set -euo pipefail\n${NAMES}\n${commands}`;
  const child = spawn('bash', ['-c', script], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += String(chunk)));
  return new Promise((resolve, reject) => {
    child.once('close', (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`${commands}ended with ${code}:\n${printed}`));
    });
  });
}

describe.skipIf(!redisAvailable)('As they stand there, the commands of', () => {
  let stride: TestStride;
  let directory: string;
  beforeAll(async () => {
    stride = await TestStride.start();
    directory = mkdtempSync(join(tmpdir(), 'stride-documented-'));
    for (const name of ['clients', 'examples']) symlinkSync(join(root, name), join(directory, name));
    const config = { ...tinyConfig, obsSize: 10, actionHorizon: 8 };
    await publishTinyModel(join(stride.directory, 'artifacts'), 'pendigits', {
      config,
      observationNormalizer: { scale: new Float32Array(10).fill(1), offset: new Float32Array(10) },
      parameters: initialParameters(config, 1),
    });
  });
  afterAll(async () => {
    await stride.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const runAll = async (page: string, env: NodeJS.ProcessEnv = {}) => {
    const printed = [];
    for (const commands of commandsOf(page))
      printed.push(
        await run(commands.replaceAll('http://localhost:3000', stride.url), directory, {
          STRIDE_URL: stride.url,
          ...env,
        }),
      );
    return printed;
  };

  it.skipIf(python === undefined)('the quick start sample, train a policy and let a robot use it', async () => {
    const printed = await runAll('quick-start.md');
    expect(printed).toHaveLength(5);
    expect(JSON.parse(printed[1] ?? '')).toMatchObject({ status: 'succeeded', result: { shape: [4, 8, 2] } });
    const [ways] = found(await stride.client.GET('/v1/models')).items.filter(({ name }) => name === 'ways');
    expect(ways?.versions).toHaveLength(1);
    expect(printed.at(-1)?.trim().split('\n')).toHaveLength(20);
  });

  it.skipIf(!hasRedisCli)(
    'the operating guide measure the service, and bring its jobs back from a backup',
    async () => {
      const backup = join(directory, 'backup');
      const restored = join(directory, 'restored');
      for (const folder of [backup, restored]) mkdirSync(folder);
      const body = { model: 'pendigits', observations: [Array<number>(10).fill(0)] };
      const submit = async (seed: number) =>
        found(await stride.client.POST('/v1/sampling-jobs', { body: { ...body, seed } })).id;
      const ids = await Promise.all([1, 2, 3].map(submit));
      await Promise.all(ids.map((id) => waitForSamplingJob(stride.client, id)));
      const printed = await runAll('operating.md', {
        REDIS_URL: stride.redis.url,
        STRIDE_ARTIFACTS: join(stride.directory, 'artifacts'),
        BACKUP: backup,
        REDIS_DIRECTORY: restored,
      });
      expect(printed[0]).toMatch(/jobs\/s/i);

      const server = findRedisServer();
      if ('problem' in server) throw new Error(server.problem);
      const redis = await RedisServer.start({ ...server, directory: restored, appendOnly: true, maxmemory: '256mb' });
      const env = { REDIS_URL: redis.url, STRIDE_ARTIFACTS: join(backup, 'artifacts'), STRIDE_PORT: '0' };
      const api = new TestProcess({ name: 'api', script: 'dist/apps/api/src/main.js', env });
      const { url } = await api.untilLine((line) => eventLine(line, 'ready'));
      const kept = createStrideClient(String(url));
      for (const id of ids) {
        const [now, then] = await Promise.all([stride.client, kept].map((client) => waitForSamplingJob(client, id)));
        expect([then?.status, then?.result]).toEqual(['succeeded', now?.result]);
      }
      await api.stop();
      await redis.stop();
    },
  );
});
