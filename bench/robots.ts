/**
 * What a robot waits for. A lonely row over HTTP and over the policy socket beside the engine alone, in
 * turns; then robots at 20 Hz, each of which sends an observation whenever it is due. A network of the pen
 * policy's size, 10 steps. Redis, API, worker and robots share the machine's cores. Run: node
 * dist/bench/robots.js [seconds per fleet]
 */
import { PROTOCOLS, summarize, type Protocol } from '#load';
import { startEngineAlone } from './http/http-engine.js';
import { BenchSystem, CONFIGS, metricValue, type JobShape } from './http/http-system.js';
import { describeMachine, printMachine, writeReport } from './machine.js';
import { Robot } from './robots/robot.js';

const SHAPE: JobShape = { model: 'pen', rows: 1, steps: 10 };
const LONELY_JOBS = 300;
const WARM_UP_JOBS = 1_000;
const FLEETS = [8, 32, 64];
const PERIOD_MS = 50;
const FLEET_MS = Number(process.argv[2] ?? 20) * 1e3;
const WARM_UP_MS = 3_000;
const THREADS = 1;
const BUSY = 'stride_engine_busy_seconds_total';

/** Milliseconds that each way adds to the engine, in turns. */
async function lonelyRow(system: BenchSystem): Promise<object> {
  const engine = await startEngineAlone(THREADS, { config: CONFIGS[SHAPE.model], steps: SHAPE.steps });
  const senders = PROTOCOLS.map((protocol) => ({ protocol, sender: system.load(SHAPE, 0, 0, protocol).sender }));
  const times = new Map<Protocol | 'engine', number[]>([['engine', []], ...PROTOCOLS.map(emptyList)]);
  const measure = async (
    name: Protocol | 'engine',
    isMeasured: boolean,
    run: () => Promise<string | undefined | void>,
  ) => {
    const from = performance.now();
    const error = await run();
    if (error !== undefined) throw new Error(`${name}: ${error}`);
    if (isMeasured) times.get(name)?.push(performance.now() - from);
  };
  try {
    for (let i = -WARM_UP_JOBS; i < LONELY_JOBS; i++) {
      for (const { protocol, sender } of senders) await measure(protocol, i >= 0, () => sender.run(0, i & 15));
      await measure('engine', i >= 0, () => engine.sample(1));
    }
  } finally {
    for (const { sender } of senders) sender.close();
    await engine.close();
  }
  const alone = summarize(times.get('engine') ?? []);
  console.log(`lonely row, ${SHAPE.steps} steps: engine alone p50 ${alone.p50.toFixed(2)} ms`);
  const added = PROTOCOLS.map((protocol) => {
    const { p50, p99 } = summarize(times.get(protocol) ?? []);
    console.log(
      `  ${protocol}: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms; ${(p50 - alone.p50).toFixed(2)} ms more than the engine`,
    );
    return [protocol, { p50, p99, addedMs: p50 - alone.p50 }] as const;
  });
  return { engine: alone, ...Object.fromEntries(added) };
}

function emptyList(protocol: Protocol): [Protocol, number[]] {
  return [protocol, []];
}

/** Robots whose periods begin at different times. */
async function fleet(system: BenchSystem, size: number): Promise<object> {
  const url = `${system.url}/v1/policies/${SHAPE.model}?steps=${SHAPE.steps}`;
  const { obsSize } = CONFIGS[SHAPE.model];
  const robots = await Promise.all(Array.from({ length: size }, () => Robot.connect(url, obsSize)));
  const drive = (forMs: number) => {
    const from = performance.now() + PERIOD_MS;
    const times = { periodMs: PERIOD_MS, until: from + forMs };
    return Promise.all(robots.map((robot, i) => robot.drive({ ...times, firstAt: from + (i * PERIOD_MS) / size })));
  };
  await drive(WARM_UP_MS);
  const before = metricValue(await system.workerMetrics(), BUSY);
  const ofClient = performance.eventLoopUtilization();
  const runs = await drive(FLEET_MS);
  const clientRatio = performance.eventLoopUtilization(ofClient).utilization;
  const engineLoad = (metricValue(await system.workerMetrics(), BUSY) - before) / (FLEET_MS / 1e3) / THREADS;
  for (const robot of robots) robot.close();
  const latencyMs = summarize(runs.flatMap(({ latencies }) => latencies));
  const latenessMs = summarize(runs.flatMap(({ lateness }) => lateness));
  const superseded = runs.reduce((sum, run) => sum + run.superseded, 0);
  console.log(
    `${size} robots at ${1e3 / PERIOD_MS} Hz: ${latencyMs.count} plans, p50 ${latencyMs.p50.toFixed(1)} ms, ` +
      `p99 ${latencyMs.p99.toFixed(1)} ms, superseded ${superseded}; ` +
      `engine busy ${(100 * engineLoad).toFixed(0)} %, robots ${(100 * clientRatio).toFixed(0)} %, ` +
      `sent late by p50 ${latenessMs.p50.toFixed(1)} ms, p99 ${latenessMs.p99.toFixed(1)} ms`,
  );
  return { robots: size, latencyMs, latenessMs, superseded, engineLoad, clientRatio };
}

const machine = describeMachine();
printMachine(machine);
const system = await BenchSystem.start({ workers: 1, threads: THREADS });
try {
  const lonely = await lonelyRow(system);
  const fleets = [];
  for (const robots of FLEETS) fleets.push(await fleet(system, robots));
  writeReport('robots', { machine, threads: THREADS, shape: SHAPE, periodMs: PERIOD_MS, lonely, fleets });
} finally {
  await system.stop();
}
