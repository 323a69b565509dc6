/**
 * Requests of different sizes under an open-loop Poisson load: the engine's own policy beside request-level
 * dynamic batching and step-level first-in-first-out in the same engine, with the same arrivals, in turns.
 * Run: node dist/bench/mixed.js [seconds per round]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Engine, type EngineRequest, type PolicyFactory } from '#engine';
import { onnxBackendModule } from '#onnx';
import { poissonArrivals, JobMix, type LoadSize, type Percentiles, summarize } from '#load';
import { BENCH_CONFIG, benchParameters, benchPlan, benchRequest } from './engine/engine-workload.js';
import { describeMachine, median, printMachine, writeReport } from './machine.js';
import { FirstInFirstOut } from './mixed/mixed-fifo.js';
import { RequestLevel } from './mixed/mixed-request-level.js';

const THREADS = 2;
const ROUNDS = 5;
const ROUND_MS = Number(process.argv[2] ?? 12) * 1e3;
const CALIBRATION_MS = 2_000;
const DIFFERENT_OBSERVATIONS = 16;
/** Enough batches of 64 for both threads, and as many that wait. */
const CALIBRATION_CLIENTS = 4;
const CALIBRATION_ROWS = 64;

/** The policies beside the engine's own. */
const PEERS: Readonly<Record<string, PolicyFactory>> = {
  'request-level': (context) => new RequestLevel(context),
  FIFO: (context) => new FirstInFirstOut(context),
};

interface Contender {
  readonly name: string;
  readonly submit: (size: LoadSize) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

interface Contenders {
  readonly engine: Contender;
  /** What the first of them can do is the load of 1. */
  readonly peers: readonly Contender[];
}

interface Round {
  /** Jobs per second. */
  readonly rate: number;
  /** Of each contender, by size of job. */
  readonly latencies: Readonly<Record<string, Percentiles[]>>;
}

interface Mix {
  readonly name: string;
  readonly load: number;
  readonly sizes: readonly LoadSize[];
}

const MIXES: readonly Mix[] = [
  {
    name: 'steps 10 / 50 / 250, 1 row',
    load: 0.7,
    sizes: [
      { rows: 1, steps: 10, weight: 60 },
      { rows: 1, steps: 50, weight: 30 },
      { rows: 1, steps: 250, weight: 10 },
    ],
  },
  {
    name: 'rows 1 / 8 / 64, 50 steps',
    load: 0.6,
    sizes: [
      { rows: 1, steps: 50, weight: 80 },
      { rows: 8, steps: 50, weight: 17 },
      { rows: 64, steps: 50, weight: 3 },
    ],
  },
];

async function engineContender(name: string, policy?: PolicyFactory): Promise<Contender> {
  const parameters = benchParameters();
  const engine = await Engine.start({
    backendModule: onnxBackendModule,
    backend: { providers: ['cpu'] },
    threads: THREADS,
    maxBatchRows: 256,
    policy,
    modelMemoryBytes: 2 ** 30,
    loadModel: (version) => Promise.resolve({ version, config: BENCH_CONFIG, parameters }),
  });
  // Observations and plans are made once: a service gets the ones with its jobs, and remembers the others.
  const templates = new Map<string, EngineRequest>();
  let submitted = 0;
  return {
    name,
    submit: ({ rows, steps }) => {
      const seed = submitted++;
      const key = `${rows} ${steps} ${seed % DIFFERENT_OBSERVATIONS}`;
      const template = templates.get(key) ?? benchRequest(seed, rows, { plan: benchPlan(steps), priority: 'normal' });
      templates.set(key, template);
      return engine.submit({ ...template, id: `bench-${seed}`, seed });
    },
    close: () => engine.close(),
  };
}

/** Row-steps per second of full batches of 64 rows on all threads: what a load of 1 means. */
async function measureCapacity({ submit }: Contender): Promise<number> {
  const size = { rows: CALIBRATION_ROWS, steps: 50, weight: 1 };
  await Promise.all(Array.from({ length: CALIBRATION_CLIENTS }, () => submit(size)));
  const startedAt = performance.now();
  let done = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < startedAt + CALIBRATION_MS) {
      await submit(size);
      done += size.rows * size.steps;
    }
  };
  await Promise.all(Array.from({ length: CALIBRATION_CLIENTS }, client));
  return (done * 1e3) / (performance.now() - startedAt);
}

/** Latencies in ms by size, from when each job was due. */
async function replay(contender: Contender, mix: JobMix, arrivals: readonly number[]): Promise<number[][]> {
  const latencies = mix.sizes.map((): number[] => []);
  const startedAt = performance.now();
  const run = async (index: number, dueAt: number): Promise<void> => {
    const place = mix.at(index);
    await contender.submit(mix.sizes[place]);
    latencies[place].push(performance.now() - dueAt);
  };
  const running: Promise<void>[] = [];
  for (const [index, ms] of arrivals.entries()) {
    const left = startedAt + ms - performance.now();
    if (left > 0) await sleep(Math.ceil(left));
    running.push(run(index, startedAt + ms));
  }
  await Promise.all(running);
  return latencies;
}

/**
 * One round: every contender in turn under the same arrivals, at a load of what the request-level peer could
 * do just before.
 */
async function runRound({ load, sizes }: Mix, { peers, engine }: Contenders, round: number): Promise<Round> {
  const totalWeight = sizes.reduce((sum, { weight }) => sum + weight, 0);
  const meanRowSteps = sizes.reduce((sum, { rows, steps, weight }) => sum + rows * steps * weight, 0) / totalWeight;
  const rate = (load * (await measureCapacity(peers[0]))) / meanRowSteps;
  const arrivals = poissonArrivals(rate, ROUND_MS, round);
  const latencies: Record<string, Percentiles[]> = {};
  for (const contender of [engine, ...peers])
    latencies[contender.name] = (await replay(contender, new JobMix(sizes, round), arrivals)).map(summarize);
  return { rate, latencies };
}

/** Medians over the rounds, of the percentiles and of the ratios within each round. */
async function measure(mix: Mix, contenders: Contenders): Promise<object> {
  const { name, load, sizes } = mix;
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await runRound(mix, contenders, round));
  const rates = rounds.map(({ rate }) => rate.toFixed(0)).join(', ');
  console.log(`${name}, load ${load * 100} %: ${rates} jobs/s in ${ROUNDS} rounds of ${ROUND_MS / 1e3} s`);
  const percentile = (round: Round, contender: Contender, place: number, key: 'p50' | 'p99'): number =>
    round.latencies[contender.name][place][key];
  for (const contender of [contenders.engine, ...contenders.peers]) {
    const cells = sizes.map(({ rows, steps }, place) => {
      const of = (key: 'p50' | 'p99') => median(rounds.map((round) => percentile(round, contender, place, key)));
      return `${rows} x ${steps}: p50 ${of('p50').toFixed(1)}, p99 ${of('p99').toFixed(1)} ms`;
    });
    console.log(`  ${contender.name.padEnd(14)} ${cells.join(' | ')}`);
  }
  const ratios = contenders.peers.map((peer) => {
    const p99 = sizes.map((_, place) =>
      rounds.map((round) => percentile(round, contenders.engine, place, 'p99') / percentile(round, peer, place, 'p99')),
    );
    const cells = p99.map(
      (of) => `${median(of).toFixed(3)} (${Math.min(...of).toFixed(2)} to ${Math.max(...of).toFixed(2)})`,
    );
    console.log(`  p99 of the engine / ${peer.name}: ${cells.join(' | ')}`);
    return { peer: peer.name, p99 };
  });
  return { name, load, sizes, rounds, ratios };
}

const machine = describeMachine();
printMachine(machine);
const contenders: Contenders = {
  engine: await engineContender('engine'),
  peers: await Promise.all(Object.entries(PEERS).map(([name, policy]) => engineContender(name, policy))),
};
const all = [contenders.engine, ...contenders.peers];
console.log(`row-steps/s in batches of ${CALIBRATION_ROWS} on ${THREADS} threads:`);
for (const contender of all) console.log(`  ${contender.name}: ${(await measureCapacity(contender)).toFixed(0)}`);
const results = [];
for (const mix of MIXES) results.push(await measure(mix, contenders));
for (const { close } of all) await close();
writeReport('mixed', { machine, threads: THREADS, roundMs: ROUND_MS, results });
