/**
 * The whole system over HTTP (Redis, API, one worker as real processes) beside the engine alone in this
 * process, in turns. Client, service and engine share the machine's cores. V8 compiles a service while it
 * runs, for thousands of jobs: what is stated of a running one was measured after the small jobs, beside what
 * it does at first. Run: node dist/bench/http.js [seconds per round]
 */
import { startEngineAlone, type EngineAlone } from './http/http-engine.js';
import {
  poissonArrivals,
  runArrivals,
  runClients,
  describeErrors,
  type LoadSummary,
  summarizeRun,
  summarize,
} from '#load';
import { BenchSystem, type JobShape, metricValue } from './http/http-system.js';
import { describeMachine, median, printMachine, writeReport } from './machine.js';
import { metricsAgreement } from './http/metrics-agreement.js';

const THREADS = 2;
const ROUNDS = 5;
const ROUND_MS = Number(process.argv[2] ?? 4) * 1e3;
const WARM_UP_MS = 1_000;
const CLIENTS = 64;
const STEPS = 50;
const LONELY_JOBS = 60;
const TINY: JobShape = { model: 'tiny', rows: 1, steps: 10 };
const OPEN_LOOP_RATE = 200;
const SATURATING_CLIENTS = [64, 128, 256];
/** prom-client's own event-loop timer fires every 10 ms, which its delay includes. */
const LAG_PERIOD_MS = 10;

/** Whether V8 has compiled the service already. */
type State = 'just started' | 'warm';

async function overHttp(system: BenchSystem, shape: JobShape, clients: number): Promise<LoadSummary> {
  const load = system.load(shape, WARM_UP_MS, ROUND_MS);
  try {
    return checked(summarizeRun(await runClients(load, clients)));
  } finally {
    load.sender.close();
  }
}

function checked(summary: LoadSummary): LoadSummary {
  if (Object.keys(summary.errors).length > 0) console.log(`  errors: ${describeErrors(summary.errors)}`);
  return summary;
}

/** Rows per second of 64 clients with jobs of 16 rows, over HTTP and in the engine alone. */
async function wholeSystem(system: BenchSystem, engine: EngineAlone, state: State): Promise<object> {
  const shape: JobShape = { model: 'full', rows: 16, steps: STEPS };
  const rounds: { http: number; engine: number; client: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { rowsPerSecond: http, clientRatio: client } = await overHttp(system, shape, CLIENTS);
    rounds.push({ http, client, engine: await engine.rowsPerSecond(CLIENTS, shape.rows, WARM_UP_MS, ROUND_MS) });
  }
  const ratio = median(rounds.map(({ http, engine: alone }) => http / alone));
  const of = (key: 'http' | 'engine' | 'client'): number => median(rounds.map((round) => round[key]));
  console.log(`whole system, ${CLIENTS} clients, ${shape.rows} rows, ${STEPS} steps, ${state}:`);
  console.log(
    `  ${of('http').toFixed(1)} rows/s over HTTP, ${of('engine').toFixed(1)} in the engine alone: ${ratio.toFixed(3)}`,
  );
  console.log(`  the client was busy ${(of('client') * 100).toFixed(0)} % of the time`);
  return { ratio, rounds };
}

/** Jobs per second of a tiny model at saturation, and the event loop of the worker meanwhile. */
async function smallJobs(system: BenchSystem): Promise<object> {
  console.log('tiny model (hidden 32), 1 row, 10 steps:');
  await system.workerMetrics();
  const levels = [];
  for (const clients of SATURATING_CLIENTS) {
    const summary = await overHttp(system, TINY, clients);
    const interval = metricValue(await system.workerMetrics(), 'nodejs_eventloop_lag_p99_seconds') * 1e3;
    const lag = interval - LAG_PERIOD_MS;
    levels.push({ clients, ...summary, workerLagP99Ms: lag });
    console.log(
      `  ${clients} clients: ${summary.jobsPerSecond.toFixed(0)} jobs/s, p50 ${format(summary.latencyMs?.p50)} ms, p99 ${format(summary.latencyMs?.p99)} ms; ` +
        `client busy ${(summary.clientRatio * 100).toFixed(0)} %; the worker's event loop late by p99 ${format(lag)} ms`,
    );
  }
  return { levels, jobsPerSecond: Math.max(...levels.map(({ jobsPerSecond }) => jobsPerSecond)) };
}

async function openLoop(system: BenchSystem): Promise<object> {
  const load = system.load(TINY, WARM_UP_MS, ROUND_MS);
  const arrivals = poissonArrivals(OPEN_LOOP_RATE, WARM_UP_MS + ROUND_MS, 1);
  const summary = checked(summarizeRun(await runArrivals(load, arrivals)));
  load.sender.close();
  const { latencyMs } = summary;
  console.log(`  ${OPEN_LOOP_RATE} jobs/s Poisson: p50 ${format(latencyMs?.p50)} ms, p99 ${format(latencyMs?.p99)} ms`);
  return summary;
}

/** What everything around the engine adds to a single row on an idle system. */
async function lonelyRow(system: BenchSystem, engine: EngineAlone, state: State): Promise<object> {
  const { sender } = system.load({ model: 'full', rows: 1, steps: STEPS }, 0, 0);
  const [http, alone]: [number[], number[]] = [[], []];
  for (let i = -5; i < LONELY_JOBS; i++) {
    const sentAt = performance.now();
    const error = await sender.run(0, i + 5);
    if (error !== undefined) throw new Error(`a job failed: ${error}`);
    const answeredAt = performance.now();
    await engine.sample(1);
    if (i < 0) continue; // warms up
    http.push(answeredAt - sentAt);
    alone.push(performance.now() - answeredAt);
  }
  sender.close();
  const difference = summarize(http).p50 - summarize(alone).p50;
  console.log(`lonely row of ${STEPS} steps, ${state}, p50 of ${LONELY_JOBS}:`);
  console.log(
    `  ${format(summarize(http).p50)} ms over HTTP, ${format(summarize(alone).p50)} ms in the engine alone: ${format(difference)} ms more`,
  );
  return { http: summarize(http), engine: summarize(alone), differenceMs: difference };
}

/**
 * What Prometheus says of a saturated worker beside what its clients saw: small batches and full ones take
 * turns.
 */
async function metricsAgree(system: BenchSystem): Promise<object> {
  const levels = [];
  for (const rows of [1, 16]) {
    const shape: JobShape = { model: 'full', rows, steps: STEPS };
    const pairs = await metricsAgreement(system, shape, { clients: CLIENTS, durationMs: ROUND_MS });
    console.log(`Prometheus beside the clients, ${CLIENTS} clients, ${rows} rows, ${STEPS} steps:`);
    for (const [name, { prometheus, clients }] of Object.entries(pairs))
      console.log(
        `  ${name}: ${prometheus.toFixed(3)} and ${clients.toFixed(3)}, ratio ${(prometheus / clients).toFixed(3)}`,
      );
    levels.push({ rows, ...pairs });
  }
  return levels;
}

function format(ms: number | undefined): string {
  return ms === undefined ? '-' : ms.toFixed(2);
}

const machine = describeMachine();
printMachine(machine);
const system = await BenchSystem.start({ workers: 1, threads: THREADS });
const engine = await startEngineAlone(THREADS);
try {
  const report = {
    firstLonelyRow: await lonelyRow(system, engine, 'just started'),
    firstWholeSystem: await wholeSystem(system, engine, 'just started'),
    smallJobs: await smallJobs(system),
    openLoop: await openLoop(system),
    wholeSystem: await wholeSystem(system, engine, 'warm'),
    metricsAgree: await metricsAgree(system),
    lonelyRow: await lonelyRow(system, engine, 'warm'),
  };
  writeReport('http', { machine, threads: THREADS, roundMs: ROUND_MS, ...report });
} finally {
  await engine.close();
  await system.stop();
}
