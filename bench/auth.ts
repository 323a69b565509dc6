/**
 * What an API key costs: CPU of the API per request with keys off and on, in turns, and how long a wrong key
 * waits for its answer beside another wrong one. Run: node dist/bench/auth.js [rounds] [requests per round]
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { ApiKeys, formatApiKey, parseApiKey } from '#queue';
import { ChildProgram, findRedisServer, RedisServer } from '#system';
import { describeMachine, median, printMachine, writeReport } from './machine.js';

const [ROUNDS, REQUESTS] = [Number(process.argv[2] ?? 10), Number(process.argv[3] ?? 2_000)];
const PATH = '/v1/models';
const MOST_MICROSECONDS = 60;
/** Of a tick of /proc/PID/stat. */
const TICK_MICROSECONDS = 10_000;
const STARTUP_MS = 60_000;
const REDIS = { appendOnly: false, maxmemory: '256mb' };
const Ready = z.object({ event: z.literal('ready'), url: z.string() });

interface Service {
  readonly redis: RedisServer;
  readonly api: ChildProgram;
  readonly url: string;
}

const machine = describeMachine();
printMachine(machine);
const directory = mkdtempSync(join(tmpdir(), 'stride-bench-auth-'));
const agent = new Agent({ keepAlive: true, maxSockets: 8 });
const open = await start('open', {});
const keyed = await start('keyed', { STRIDE_REQUIRE_AUTH: 'true' });
const right = await firstKey(keyed.redis.url);
const wrong = { secret: changed(right, 'secret'), id: changed(right, 'id') };

try {
  const off: number[] = [];
  const on: number[] = [];
  const times: Record<'secret' | 'id', number[]> = { secret: [], id: [] };
  await Promise.all([burst(open, undefined, 200), burst(keyed, right, 200), burst(keyed, wrong.secret, 401)]);
  for (let round = 0; round < ROUNDS; round++) {
    off.push(await cpuOf(open, () => burst(open, undefined, 200)));
    on.push(await cpuOf(keyed, () => burst(keyed, right, 200)));
    await timeWrongKeys(times);
  }
  report(off, on, times);
} finally {
  agent.destroy();
  for (const { api, redis } of [open, keyed]) {
    await api.stop(STARTUP_MS);
    await redis.stop();
  }
  rmSync(directory, { recursive: true, force: true });
}

async function start(name: string, env: NodeJS.ProcessEnv): Promise<Service> {
  const found = findRedisServer();
  if ('problem' in found) throw new Error(found.problem);
  const home = join(directory, name);
  mkdirSync(home);
  const redis = await RedisServer.start({ binary: found.binary, directory: home, ...REDIS });
  const api = new ChildProgram({
    name,
    command: process.execPath,
    args: [fileURLToPath(new URL('../apps/api/src/main.js', import.meta.url))],
    env: {
      ...process.env,
      REDIS_URL: redis.url,
      STRIDE_PORT: '0',
      STRIDE_ARTIFACTS: join(home, 'artifacts'),
      ...env,
    },
  });
  return { redis, api, url: await api.waitForLine(readyUrl, STARTUP_MS) };
}

function readyUrl(line: string): string | undefined {
  return line.startsWith('{') ? Ready.safeParse(JSON.parse(line)).data?.url : undefined;
}

async function firstKey(redisUrl: string): Promise<string> {
  const redis = new Redis(redisUrl);
  const issued = await new ApiKeys(redis).create({ name: 'bench', scopes: ['jobs:read'] }, { by: 'redis' });
  await redis.quit();
  if (issued === undefined) throw new Error('there is a key already');
  return issued.key;
}

/** A key with its checksum, and with another secret or id. */
function changed(key: string, part: 'id' | 'secret'): string {
  const parts = parseApiKey(key);
  if (parts === undefined) throw new Error('no key');
  return formatApiKey({ ...parts, [part]: parts[part].slice(1) + parts[part].slice(0, 1) });
}

function ask(url: string, key: string | undefined, status: number): Promise<void> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return new Promise((resolve, reject) => {
    get(`${url}${PATH}`, { agent, headers }, (response) => {
      if (response.statusCode !== status) reject(new Error(`answered ${response.statusCode} instead of ${status}`));
      response.resume().once('end', resolve);
    }).once('error', reject);
  });
}

async function burst({ url }: Service, key: string | undefined, status: number): Promise<void> {
  let left = REQUESTS;
  const client = async (): Promise<void> => {
    while (left-- > 0) await ask(url, key, status);
  };
  await Promise.all(Array.from({ length: agent.maxSockets }, client));
}

/** Microseconds of CPU per request. */
async function cpuOf({ api }: Service, run: () => Promise<void>): Promise<number> {
  const before = ticksOf(api.pid);
  await run();
  return ((ticksOf(api.pid) - before) * TICK_MICROSECONDS) / REQUESTS;
}

/** User and system time; the name before them may hold anything but a last parenthesis. */
function ticksOf(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** One after the other, so that neither has the better moment. */
async function timeWrongKeys(times: Record<'secret' | 'id', number[]>): Promise<void> {
  for (let i = 0; i < REQUESTS / 10; i++)
    for (const part of ['secret', 'id'] as const) {
      const from = performance.now();
      await ask(keyed.url, wrong[part], 401);
      times[part].push((performance.now() - from) * 1e3);
    }
}

function report(off: number[], on: number[], times: Record<'secret' | 'id', number[]>): void {
  const cost = on.map((microseconds, round) => microseconds - off[round]);
  const [keysOff, keysOn, more] = [off, on, cost].map((values) => Math.round(median(values)));
  const [secret, id] = [median(times.secret), median(times.id)];
  console.log(`CPU of the API per GET ${PATH}, medians of ${ROUNDS} rounds of ${REQUESTS}:`);
  console.log(`  keys off ${keysOff} µs, on ${keysOn} µs: ${more} µs more; aimed at: at most ${MOST_MICROSECONDS} µs`);
  console.log('Until the 401 of a wrong key, one client, medians:');
  console.log(`  wrong secret ${secret.toFixed(0)} µs, unknown id ${id.toFixed(0)} µs: ${(secret / id).toFixed(3)}`);
  writeReport('auth', { machine, requests: REQUESTS, keysOff, keysOn, more, wrongSecret: secret, unknownId: id });
}
