/**
 * Two workers with one engine thread each beside one worker with two, as whole systems (Redis, API and
 * workers as real processes) under a saturating load of jobs, in turns. Run: node dist/bench/workers.js
 * [seconds per round]
 */
import { runClients, describeErrors, type LoadSummary, summarizeRun } from '#load';
import { BenchSystem, metricValue, type JobShape } from './http/http-system.js';
import { describeMachine, median, printMachine, writeReport } from './machine.js';

const ROUNDS = 7;
const ROUND_MS = Number(process.argv[2] ?? 5) * 1e3;
const WARM_UP_MS = 1_500;
/** Twice the rows of two batches of the largest size, so that neither thread lacks any. */
const CLIENTS = 64;
const SHAPE: JobShape = { model: 'full', rows: 16, steps: 50 };

interface Setup {
  readonly name: string;
  readonly workers: number;
  readonly threads: number;
}

const SETUPS: readonly Setup[] = [
  { name: 'two workers, one thread each', workers: 2, threads: 1 },
  { name: 'one worker, two threads', workers: 1, threads: 2 },
];

async function rowsPerSecond(system: BenchSystem): Promise<number> {
  const load = system.load(SHAPE, WARM_UP_MS, ROUND_MS);
  try {
    return checked(summarizeRun(await runClients(load, CLIENTS))).rowsPerSecond;
  } finally {
    load.sender.close();
  }
}

function checked(summary: LoadSummary): LoadSummary {
  if (Object.keys(summary.errors).length > 0) console.log(`  errors: ${describeErrors(summary.errors)}`);
  return summary;
}

/** Row-steps that each worker has done: whether the queue shares the work out. */
async function shares(system: BenchSystem): Promise<number[]> {
  const texts = await system.allWorkerMetrics();
  const done = texts.map((text) => metricValue(text, 'stride_engine_row_steps_total'));
  const all = done.reduce((sum, value) => sum + value, 0);
  return done.map((value) => value / all);
}

async function main(): Promise<void> {
  const machine = describeMachine();
  printMachine(machine);
  const systems: BenchSystem[] = [];
  try {
    for (const setup of SETUPS) systems.push(await BenchSystem.start(setup));
    for (const system of systems) await rowsPerSecond(system); // loads the model, fits the engines' costs
    const rounds: number[][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const rates: number[] = [];
      for (const system of systems) rates.push(await rowsPerSecond(system));
      rounds.push(rates);
    }
    const ratio = median(rounds.map(([two, one]) => two / one));
    console.log(`${CLIENTS} clients, ${SHAPE.rows} rows, ${SHAPE.steps} steps, medians of ${ROUNDS} rounds:`);
    for (const [i, { name }] of SETUPS.entries()) {
      const parts = (await shares(systems[i])).map((share) => `${(share * 100).toFixed(0)} %`).join(', ');
      const rate = median(rounds.map((rates) => rates[i]));
      console.log(`  ${name.padEnd(28)} ${rate.toFixed(1).padStart(7)} rows/s; share of each worker: ${parts}`);
    }
    console.log(`  two workers / one: ${ratio.toFixed(3)}`);
    writeReport('workers', {
      machine,
      setups: SETUPS,
      clients: CLIENTS,
      shape: SHAPE,
      roundMs: ROUND_MS,
      ratio,
      rounds,
    });
  } finally {
    for (const system of systems) await system.stop();
  }
}

await main();
