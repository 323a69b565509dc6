/**
 * Where one Redis thread bounds a fleet, and what more hash slots bring: light workers and clients run the
 * real queue library with an engine that takes no time, on as many Redis servers as there are shards.
 * Run: node dist/bench/shards.js [shards, such as 1,2,4] [workers] [clients] [seconds]
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { connectOnce, redisAddress } from '#server';
import { findRedisServer, RedisServer } from '#system';
import { describeMachine, printMachine, writeReport } from './machine.js';

const [SHARDS = '1,2,4', ...sizes] = process.argv.slice(2);
const [WORKERS = 10, CLIENTS = 100, SECONDS = 10] = sizes.map(Number);
const WARM_UP_MS = 2_000;
const CONNECT_MS = 5_000;
const PROCESSES_PER_ROLE = Math.max(1, Math.floor(availableParallelism() / 2));

/** Jobs that are waiting or were kept take little: the bound is for a run that goes wrong. */
const SERVER_MEMORY = '1gb';
const PROCESS_MEMORY_MIB = 4_096;

const Count = z.object({ done: z.number(), unanswered: z.number(), cpuSeconds: z.number(), residentBytes: z.number() });

const machine = describeMachine();
printMachine(machine);
console.log(`${WORKERS} workers and ${CLIENTS} clients in ${2 * PROCESSES_PER_ROLE} processes, ${SECONDS} s each`);
const rows = [];
for (const shards of SHARDS.split(',').map(Number)) {
  rows.push(await measure(shards));
  console.log(rows.at(-1));
}
console.table(rows);
writeReport('shards', { machine, workers: WORKERS, clients: CLIENTS, seconds: SECONDS, rows });

async function measure(numShards: number) {
  const directory = mkdtempSync(join(tmpdir(), 'stride-shards-'));
  const servers = await startServers(numShards, directory);
  const urls = servers.map(({ url }) => url);
  const processes: ChildProcess[] = [];
  const startedAt = performance.now();
  try {
    for (const [role, total] of [
      ['workers', WORKERS],
      ['clients', CLIENTS],
    ] as const)
      for (let place = 0; place < PROCESSES_PER_ROLE; place++) {
        const count = Math.floor((total + place) / PROCESSES_PER_ROLE);
        processes.push(await startProcess({ role, count, urls }));
      }
    const startSeconds = Math.round((performance.now() - startedAt) / 1_000);
    await sleep(WARM_UP_MS);
    const before = [await countsOf(processes), await loadOf(servers)] as const;
    await sleep(SECONDS * 1_000);
    const after = [await countsOf(processes), await loadOf(servers)] as const;
    const jobs = after[0].done - before[0].done;
    return {
      shards: numShards,
      startSeconds,
      jobsPerSecond: Math.round(jobs / SECONDS),
      redisMillisecondsPerJob: round((1e3 * (after[1].cpuSeconds - before[1].cpuSeconds)) / jobs),
      commandsPerJob: round((after[1].commands - before[1].commands) / jobs),
      busiestRedis: round((after[1].busiest - before[1].busiest) / SECONDS),
      processMillisecondsPerJob: round((1e3 * (after[0].cpuSeconds - before[0].cpuSeconds)) / jobs),
      connections: after[1].connections,
      unanswered: after[0].unanswered - before[0].unanswered,
      gibibytes: round((after[0].residentBytes + after[1].residentBytes) / 2 ** 30),
    };
  } finally {
    for (const child of processes) child.kill('SIGKILL');
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(directory, { recursive: true, force: true });
  }
}

async function startServers(count: number, directory: string): Promise<RedisServer[]> {
  const found = findRedisServer();
  if ('problem' in found) throw new Error(found.problem);
  const options = { binary: found.binary, directory, appendOnly: false, maxmemory: SERVER_MEMORY };
  return Promise.all(Array.from({ length: count }, () => RedisServer.start(options)));
}

async function startProcess(part: object): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('./shards/shard-process.js', import.meta.url)), [], {
    execArgv: [`--max-old-space-size=${PROCESS_MEMORY_MIB}`],
  });
  child.send(part);
  await once(child, 'message');
  return child;
}

async function countsOf(processes: readonly ChildProcess[]): Promise<z.output<typeof Count>> {
  const sum = { done: 0, unanswered: 0, cpuSeconds: 0, residentBytes: 0 };
  for (const child of processes) {
    const answered = once(child, 'message');
    child.send('count');
    const { done, unanswered, cpuSeconds, residentBytes } = Count.parse((await answered)[0]);
    sum.done += done;
    sum.unanswered += unanswered;
    sum.cpuSeconds += cpuSeconds;
    sum.residentBytes += residentBytes;
  }
  return sum;
}

/** Over all servers; `busiest` is the CPU time of the one that has used the most. */
async function loadOf(servers: readonly RedisServer[]) {
  const sum = { cpuSeconds: 0, commands: 0, connections: 0, busiest: 0, residentBytes: 0 };
  for (const { url } of servers) {
    const redis = await connectOnce(redisAddress({ REDIS_URL: url }), CONNECT_MS);
    const info = await redis.info();
    redis.disconnect();
    const read = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1] ?? 0);
    const cpu = read('used_cpu_user') + read('used_cpu_sys');
    sum.cpuSeconds += cpu;
    sum.busiest = Math.max(sum.busiest, cpu);
    sum.commands += read('total_commands_processed');
    sum.connections += read('connected_clients');
    sum.residentBytes += read('used_memory_rss');
  }
  return sum;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
