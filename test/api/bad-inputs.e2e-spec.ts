import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventLine } from '../processes.js';
import { redisAvailable } from '../redis.js';
import { until } from '../until.js';
import { archives } from './bad-inputs/archives.js';
import { head, JOBS, type Answer, type BadInput, type Prepared } from './bad-inputs/bad-input.js';
import { DeclaredRefusals, watchRequests } from './bad-inputs/declared-refusals.js';
import { ids } from './bad-inputs/ids.js';
import { states } from './bad-inputs/jobs.js';
import { json } from './bad-inputs/json.js';
import { prepare } from './bad-inputs/prepared.js';
import { protocol } from './bad-inputs/protocol.js';
import { samplingRequests } from './bad-inputs/sampling.js';
import { trainingRequests } from './bad-inputs/training.js';
import { uploads } from './bad-inputs/uploads.js';
import { webhooks } from './bad-inputs/webhooks.js';
import { sendHalf, sendRaw } from './raw-http.js';
import { TestApi } from './test-api.js';

const UPLOADS = ['/v1/artifacts', '/v1/datasets/slow', '/v1/models/slow/versions'];
const upload = (path: string) =>
  head('PUT', path, 'Content-Type: application/octet-stream', `Content-Length: ${8 * 1_048_576}`);

describe.skipIf(!redisAvailable)('Bad input', () => {
  let api: TestApi;
  let redis: Redis;
  let prepared: Prepared;
  let keysBefore: ReadonlySet<string>;
  let filesBefore: readonly string[];
  let declared: DeclaredRefusals;
  let endless: Promise<Answer>;
  let slow: readonly Promise<Answer>[];
  let probes = 0;

  beforeAll(async () => {
    api = await TestApi.start(undefined, {
      NODE_OPTIONS: `--import ${new URL('../memory-probe.mjs', import.meta.url).href}`,
    });
    redis = new Redis(api.redis.url);
    prepared = await prepare(api);
    declared = await DeclaredRefusals.of(api);
    keysBefore = new Set(await ownKeys(redis));
    filesBefore = filesOf(api.directory);
    slow = UPLOADS.map((path) => sendRaw(api.url, upload(path), 'x'));
    endless = sendRaw(api.url, head('POST', JOBS, 'Transfer-Encoding: chunked'), '1\r\n{\r\n');
  });

  /** Bytes that the process holds after it has collected its garbage. */
  async function memoryInUse(): Promise<number> {
    probes += 1;
    let seen = 0;
    api.process.signal('SIGUSR2');
    const { heapUsed, external } = await api.process.untilLine((line) => {
      const memory = eventLine(line, 'memory');
      if (memory) seen += 1;
      return memory && seen === probes ? memory : undefined;
    });
    return Number(heapUsed) + Number(external);
  }

  afterAll(async () => {
    redis.disconnect();
    await api.stop(); // throws when anything escaped the process
  });

  const groups: readonly (readonly [name: string, rows: readonly BadInput[]])[] = [
    ['of the protocol', protocol],
    ['in JSON', json],
    ['in a sampling request', samplingRequests],
    ['in a training request', trainingRequests],
    ['in ids, keys and queries', ids],
    ['in an upload', uploads],
    ['in a webhook', webhooks],
    ['in an archive', archives],
    ['beside what there is', states],
  ];
  for (const [group, rows] of groups) {
    describe(group, () => {
      for (const [name, sendIt, status, code, path] of rows) {
        it(`${name} is refused`, async () => {
          const watched = watchRequests(api);
          const answer = await sendIt(watched.api, prepared);
          expect(answer).toMatchObject({ status, body: { status, code } });
          expect(declared.undeclared(watched.last(), status, code)).toBeUndefined();
          if (path !== undefined && path !== '') expect(pathsOf(answer)).toContain(path);
        });
      }
    });
  }

  /** Everything at the same moment. @returns how many answers were another refusal than before */
  async function sendAll(): Promise<number> {
    const rows = groups.flatMap(([, group]) => group);
    const answers = await Promise.all(rows.map(([, sendIt]) => sendIt(api, prepared)));
    return answers.filter((answer, i) => answer?.status !== rows[i]?.[2]).length;
  }

  it('is refused again when all of it comes at the same moment, and again, which costs no memory', async () => {
    expect(await sendAll()).toBe(0);
    const before = await memoryInUse();
    expect(await sendAll()).toBe(0);
    await until('all of its memory is given back', async () =>
      (await memoryInUse()) / before < 1.1 ? true : undefined,
    );
  });

  it.each(UPLOADS)('an upload to %s that is cut in the middle leaves nothing', async (path) => {
    const sent = await sendHalf(api.url, upload(path), Buffer.alloc(4 * 1_048_576));
    expect(sent).toBe('cut');
    await until('its bytes are gone', async () =>
      isDeepStrictEqual(filesOf(api.directory), filesBefore) ? true : undefined,
    );
  });

  it('an upload below 64 KiB/s is refused, and holds up none of the others', async () => {
    for (const answer of await Promise.all(slow))
      expect(answer).toMatchObject({ status: 408, body: { code: 'request_timeout' } });
  });

  it('a body that never ends is refused after 30 s', async () => {
    expect(await endless).toMatchObject({ status: 408, body: { code: 'request_timeout' } });
  });

  it('leaves the process alive, and nothing behind in Redis or on disk', async () => {
    expect((await api.fetch('/health/ready')).status).toBe(200);
    expect((await ownKeys(redis)).filter((key) => !keysBefore.has(key))).toEqual([]);
    expect(filesOf(api.directory)).toEqual(filesBefore);
    for (const outside of ['../../x.npy', '../x.npy', '/tmp/stride-x.npy'])
      expect(existsSync(resolve(api.directory, outside))).toBe(false);
    expect(Reflect.get({}, 'admin')).toBeUndefined();
  });
});

/** All keys but those that BullMQ's worker of deliveries and the watch of leases write when they like. */
async function ownKeys(redis: Redis): Promise<string[]> {
  const keys = await redis.keys('*');
  return keys.filter((key) => !/:(?:webhooks:(?:events|marker|stalled-check)|leases:watch)$/.test(key)).sort();
}

/** Every file below a directory. */
function filesOf(directory: string): readonly string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}

function pathsOf(answer: Answer): unknown[] {
  const body: unknown = answer?.body;
  if (typeof body !== 'object' || body === null || !('errors' in body) || !Array.isArray(body.errors)) return [];
  return body.errors.map(({ path }: { path: string }) => path);
}
