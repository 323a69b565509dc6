/**
 * How long a cancelled row keeps its slot while the engine is busy with others: from the abort until the slot
 * is free, beside the length of the macro-steps meanwhile. Run: node dist/bench/cancel.js [number of cancels]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError } from '#ddim';
import { Engine, type MacroStepFacts } from '#engine';
import { onnxBackendModule } from '#onnx';
import { seededUniform, summarize } from '#load';
import { BENCH_CONFIG, benchParameters, benchPlan, benchRequest } from './engine/engine-workload.js';
import { describeMachine, printMachine, writeReport } from './machine.js';

const THREADS = 2;
const CANCELS = Number(process.argv[2] ?? 300);
const NEIGHBOURS = 24;
const PLAN = benchPlan(1_000);
/** A cancel comes at a random moment of the rows' run. */
const MOST_DELAY_MS = 60;
const MARGIN_MS = 20;

const machine = describeMachine();
printMachine(machine);
const calls: MacroStepFacts[] = [];
const parameters = benchParameters();
const engine = await Engine.start({
  backendModule: onnxBackendModule,
  backend: { providers: ['cpu'] },
  threads: THREADS,
  maxBatchRows: 256,
  modelMemoryBytes: 2 ** 30,
  loadModel: (version) => Promise.resolve({ version, config: BENCH_CONFIG, parameters }),
  observer: { onMacroStep: (facts) => calls.push(facts) },
});

let seed = 0;
const milliseconds: number[] = [];
while (milliseconds.length < CANCELS) await cancelBesideNeighbours();
const { slotsInUse, requests } = engine.stats();
await engine.close();

const free = summarize(milliseconds);
const macroStep = summarize(calls.map(({ seconds, outsideSeconds }) => (seconds + outsideSeconds) * 1e3));
console.log(`${CANCELS} cancels beside ${NEIGHBOURS} rows on ${THREADS} threads, until the slot is free:`);
console.log(`  p50 ${free.p50.toFixed(1)} ms, p99 ${free.p99.toFixed(1)} ms, longest ${free.max.toFixed(1)} ms`);
console.log(`  macro-steps: p50 ${macroStep.p50.toFixed(1)} ms, p99 ${macroStep.p99.toFixed(1)} ms`);
const excess = free.p99 - macroStep.p99;
console.log(`  p99 is ${excess.toFixed(1)} ms more than a macro-step; aimed at: at most ${MARGIN_MS} ms`);
console.log(`  left over: ${slotsInUse} slots, ${requests} requests`);
writeReport('cancel', { machine, threads: THREADS, neighbours: NEIGHBOURS, free, macroStep, excess, slotsInUse });

/** Cancels one row after another while the same neighbours run. */
async function cancelBesideNeighbours(): Promise<void> {
  const state = { areDone: false };
  const neighbours = engine
    .submit(benchRequest(seed++, NEIGHBOURS, { plan: PLAN, priority: 'normal' }))
    .then(() => (state.areDone = true));
  await untilSlots(NEIGHBOURS, () => state.areDone);
  while (!state.areDone && milliseconds.length < CANCELS) {
    const controller = new AbortController();
    const victim = engine
      .submit(benchRequest(seed++, 1, { plan: PLAN, priority: 'normal', signal: controller.signal }))
      .catch((error: unknown) => {
        if (!(error instanceof CancelledError)) throw error;
      });
    await untilSlots(NEIGHBOURS + 1, () => state.areDone);
    await sleep(seededUniform(1, 'gap', seed) * MOST_DELAY_MS);
    const abortedAt = performance.now();
    controller.abort(new CancelledError('cancelled'));
    await untilSlots(NEIGHBOURS, () => state.areDone);
    if (!state.areDone) milliseconds.push(performance.now() - abortedAt);
    await victim;
  }
  await neighbours;
}

/** Looks every millisecond. */
async function untilSlots(count: number, isOver: () => boolean): Promise<void> {
  while (!isOver() && engine.stats().slotsInUse !== count) await sleep(1);
}
