/**
 * What one job of one row costs around the engine: CPU of API, worker and Redis, and commands of Redis, at
 * several numbers of clients. With the path of another checkout that was built, its program takes turns with
 * this one. Run: node dist/bench/job-cost.js [seconds per round] [rounds] [other checkout]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSender, describeErrors, JobMix, runClients, summarizeRun } from '#load';
import { MeasuredService, type Usage } from './cost/measured-service.js';
import { metricValue, publishModels, TINY_CONFIG } from './http/http-system.js';
import { describeMachine, median, printMachine, writeReport } from './machine.js';

const [ROUND_SECONDS = 4, ROUNDS = 3] = process.argv.slice(2, 4).map(Number);
const OTHER = process.argv[4];
const WARM_UP_MS = 1_000;
const CLIENTS = [256, 64, 16, 1];
/** V8 compiles a service for thousands of jobs. */
const COMPILING_ROUNDS = 3;
const STEPS = 10;
/** prom-client's own event-loop timer fires every 10 ms, which its delay includes. */
const LAG_PERIOD_MS = 10;

interface Round {
  readonly jobsPerSecond: number;
  readonly p50: number;
  readonly api: number;
  readonly worker: number;
  readonly redis: number;
  readonly cpu: number;
  /** As clients sent them, and with those that scripts ran. */
  readonly calls: number;
  readonly commands: number;
  readonly workerLagP99Ms: number;
}

const machine = describeMachine();
printMachine(machine);
const directory = mkdtempSync(join(tmpdir(), 'stride-job-cost-'));
const artifacts = join(directory, 'artifacts');
await publishModels(artifacts);
const programs = new Map([['this', fileURLToPath(new URL('../..', import.meta.url))]]);
if (OTHER !== undefined) programs.set('other', OTHER);
const services = new Map<string, MeasuredService>();
try {
  for (const [name, root] of programs)
    services.set(name, await MeasuredService.start({ root, artifacts, directory: join(directory, name) }));
  for (let round = 0; round < COMPILING_ROUNDS; round++)
    for (const service of services.values()) await measure(service, CLIENTS[0]);
  const results = [];
  for (const clients of CLIENTS) results.push(...(await inTurns(clients)));
  console.table(results);
  writeReport('job-cost', { machine, roundSeconds: ROUND_SECONDS, rounds: ROUNDS, results });
} finally {
  await Promise.all([...services.values()].map((service) => service.stop()));
  rmSync(directory, { recursive: true, force: true });
}

async function inTurns(clients: number): Promise<object[]> {
  const rounds = new Map([...services.keys()].map((name): [string, Round[]] => [name, []]));
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, service] of services) rounds.get(name)?.push(await measure(service, clients));
  return [...rounds].map(([program, measured]) => ({ program, clients, ...medians(measured) }));
}

function medians(rounds: readonly Round[]): object {
  const names = Object.keys(rounds[0] ?? {}) as (keyof Round)[];
  return Object.fromEntries(names.map((name) => [name, rounded(median(rounds.map((one) => one[name])))]));
}

async function measure(service: MeasuredService, clients: number): Promise<Round> {
  const mix = new JobMix([{ rows: 1, steps: STEPS, weight: 1 }], 1);
  const target = { baseUrl: service.url, model: 'tiny', obsSize: TINY_CONFIG.obsSize, seed: 1 };
  const sender = createSender('http', mix.sizes, target);
  const load = { sender, mix, warmUpMs: WARM_UP_MS, durationMs: ROUND_SECONDS * 1_000 };
  await metricsOf(service);
  const before = await service.usage();
  const run = await runClients(load, clients);
  const after = await service.usage();
  sender.close();
  const summary = summarizeRun(run);
  if (Object.keys(summary.errors).length > 0) console.log(`errors: ${describeErrors(summary.errors)}`);
  const lag = metricValue(await metricsOf(service), 'nodejs_eventloop_lag_p99_seconds') * 1e3 - LAG_PERIOD_MS;
  const { jobsPerSecond, latencyMs } = summary;
  return { jobsPerSecond, p50: latencyMs?.p50 ?? 0, ...perJob(before, after, run.jobs.length), workerLagP99Ms: lag };
}

function perJob(before: Usage, after: Usage, jobs: number) {
  const [api, worker, redis] = (['api', 'worker', 'redis'] as const).map(
    (part) => (after.cpu[part] - before.cpu[part]) / jobs,
  );
  const sent = ['eval', 'evalsha', 'bzpopmin', 'script|load'];
  const calls = sent.reduce((sum, name) => sum + (after.commands.get(name) ?? 0) - (before.commands.get(name) ?? 0), 0);
  const commands = [...after.commands].reduce(
    (sum, [name, count]) => sum + count - (before.commands.get(name) ?? 0),
    0,
  );
  return { api, worker, redis, cpu: api + worker + redis, calls: calls / jobs, commands: commands / jobs };
}

async function metricsOf({ workerMetrics }: MeasuredService): Promise<string> {
  return (await fetch(workerMetrics)).text();
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
