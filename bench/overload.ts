/**
 * What the API does when far more comes than its worker can take: memory of a client that only follows a job,
 * answers at twice the capacity, how late /health/live becomes, and whether a follower misses the end of its
 * job. Run: node dist/bench/overload.js [seconds] [followers]
 */
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { poissonArrivals, runClients, summarize, summarizeRun } from '#load';
import { BenchSystem, metricValue, type JobShape } from './http/http-system.js';
import { describeMachine, printMachine, writeReport } from './machine.js';
import { Followers } from './overload/followers.js';

const [SECONDS, FOLLOWERS] = [Number(process.argv[2] ?? 300), Number(process.argv[3] ?? 1_000)];
const SHAPE: JobShape = { model: 'tiny', rows: 1, steps: 10 };
const OVERLOAD = 2;
const CLIENTS = 256;
const CAPACITY_MS = 10_000;
const WARM_UP_MS = 3_000;
const HEALTH_EVERY_MS = 100;
const AT_ONCE = 50;
const MOST_HEALTH_MS = 100;
const MOST_FOLLOWER_MIB = 1;
const ALLOWED = /^(?:2\d\d|429|503)$/;
const Accepted = z.object({ id: z.string() });

interface Answer {
  /** Of HTTP, or the code of a failed connection. */
  readonly status: string;
  readonly ms: number;
  readonly jobId: string | undefined;
}

const machine = describeMachine();
printMachine(machine);
const agent = new Agent({ keepAlive: true, maxSockets: 4_096 });
const idle = await idleFollowers();
const crowded = await overloaded();
agent.destroy();
writeReport('overload', { machine, seconds: SECONDS, followers: FOLLOWERS, ...idle, ...crowded });

/** Nobody takes the jobs, so nothing happens to them. */
async function idleFollowers(): Promise<object> {
  const system = await BenchSystem.start({ workers: 0, threads: 1 });
  try {
    const jobs = await acceptedJobs(system, FOLLOWERS);
    const before = await residentMiB(system);
    const followers = await followAll(system, jobs);
    await delay(5_000);
    const perFollowerMiB = ((await residentMiB(system)) - before) / followers.size;
    console.log(
      `${followers.size} clients that follow a job which waits: ${perFollowerMiB.toFixed(3)} MiB of the API each; ` +
        `aimed at: at most ${MOST_FOLLOWER_MIB}`,
    );
    followers.close();
    return { perFollowerMiB };
  } finally {
    await system.stop();
  }
}

async function overloaded(): Promise<object> {
  const system = await BenchSystem.start({ workers: 1, threads: 1 });
  try {
    const load = system.load(SHAPE, WARM_UP_MS, CAPACITY_MS);
    const capacity = summarizeRun(await runClients(load, CLIENTS)).jobsPerSecond;
    load.sender.close();
    console.log(`capacity: ${capacity.toFixed(0)} jobs/s with ${CLIENTS} clients that wait`);
    const rate = capacity * OVERLOAD;
    const health = startHealthPoll(system.url);
    const followers = new Followers(system.url);
    const opened: Promise<void>[] = [];
    const answers = await sendAt(system, rate, (id) => {
      if (opened.length < FOLLOWERS) opened.push(followers.follow(id));
    });
    const healthTimes = await health();
    await Promise.all(opened);
    const missed = await followers.missed();
    followers.close();
    return report(rate, answers, healthTimes, { followed: followers.size, missed });
  } finally {
    await system.stop();
  }
}

/** Open loop: jobs are sent when they are due, and nobody waits for their ends. */
async function sendAt(system: BenchSystem, rate: number, onJob: (id: string) => void): Promise<Answer[]> {
  const bodies = system.bodies(SHAPE);
  const answers: Promise<Answer>[] = [];
  const startedAt = performance.now();
  for (const [index, dueAt] of poissonArrivals(rate, SECONDS * 1e3, 1).entries()) {
    const early = startedAt + dueAt - performance.now();
    if (early > 1) await delay(early);
    const answer = submit(system, bodies.of(0, index));
    answers.push(answer);
    void answer.then(({ jobId }) => jobId !== undefined && onJob(jobId));
  }
  return Promise.all(answers);
}

function submit(system: BenchSystem, body: Buffer): Promise<Answer> {
  const from = performance.now();
  return new Promise((resolve) => {
    const end = (status: string, jobId?: string): void => resolve({ status, ms: performance.now() - from, jobId });
    const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length };
    request(`${system.url}/v1/sampling-jobs`, { method: 'POST', agent, headers }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.once('end', () => {
        const isAccepted = response.statusCode === 202;
        const text = Buffer.concat(pieces).toString();
        end(`${response.statusCode}`, isAccepted ? Accepted.parse(JSON.parse(text)).id : undefined);
      });
    })
      .once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.name))
      .end(body);
  });
}

async function acceptedJobs(system: BenchSystem, count: number): Promise<string[]> {
  const bodies = system.bodies(SHAPE);
  const jobs: string[] = [];
  while (jobs.length < count) {
    const { jobId, status } = await submit(system, bodies.of(0, jobs.length));
    if (jobId === undefined) throw new Error(`a job was answered with ${status}`);
    jobs.push(jobId);
  }
  return jobs;
}

async function followAll(system: BenchSystem, jobs: readonly string[]): Promise<Followers> {
  const followers = new Followers(system.url);
  for (let from = 0; from < jobs.length; from += AT_ONCE)
    await Promise.all(jobs.slice(from, from + AT_ONCE).map((id) => followers.follow(id)));
  return followers;
}

async function residentMiB(system: BenchSystem): Promise<number> {
  return metricValue(await system.apiMetrics(), 'process_resident_memory_bytes') / 2 ** 20;
}

/** @returns ends it and gives the times of all answers, in ms */
function startHealthPoll(apiUrl: string): () => Promise<number[]> {
  const workerData = { url: `${apiUrl}/health/live`, everyMs: HEALTH_EVERY_MS };
  const worker = new Worker(fileURLToPath(new URL('overload/health-poll.worker.js', import.meta.url)), { workerData });
  const times: number[] = [];
  worker.on('message', ({ status, ms }: { status: number; ms: number }) => times.push(status === 200 ? ms : Infinity));
  return async () => {
    await worker.terminate();
    return times;
  };
}

function report(rate: number, answers: Answer[], healthTimes: number[], ends: Record<'followed' | 'missed', number>) {
  const statuses: Record<string, number> = {};
  for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
  const others = answers.filter(({ status }) => !ALLOWED.test(status)).length;
  const [health, latency] = [summarize(healthTimes), summarize(answers.map(({ ms }) => ms))];
  console.log(`${rate.toFixed(0)} jobs/s, ${OVERLOAD} times the capacity, for ${SECONDS} s:`);
  console.log(`  answers ${JSON.stringify(statuses)}, ${others} of them other than 2xx, 429, 503; aimed at: 0`);
  console.log(`  answered after p50 ${latency.p50.toFixed(0)} ms, p99 ${latency.p99.toFixed(0)} ms`);
  console.log(
    `  /health/live: p50 ${health.p50.toFixed(1)} ms, p99 ${health.p99.toFixed(1)} ms of ${healthTimes.length}; aimed at: at most ${MOST_HEALTH_MS}`,
  );
  console.log(`  ${ends.followed} jobs followed, ${ends.missed} of their ends missed; aimed at: 0`);
  return { rate, statuses, others, latency, health, ...ends };
}
