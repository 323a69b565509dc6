/**
 * How well samples obey the digit that was asked for, by the way of clipping, guidance scale and steps; and
 * how well halves of real strokes are completed. Trains the model of the gallery first. Run: node
 * dist/bench/guidance.js
 */
import { denormalize, normalize, type DdimModel, type SamplingOptions } from '#ddim';
import type { Engine } from '#engine';
import { nearestNeighbourAccuracy } from '../examples/pendigits/evaluation.js';
import { NUM_DIGITS, readPenDigits, STROKE_SIZE } from '../examples/pendigits/pen-digits.js';
import { galleryTrainingRequest } from '../examples/pendigits/training-request.js';
import { describeMachine, printMachine, writeReport } from './machine.js';
import { policyRequest, startEngine, trainPolicy } from './workloads/pen-policy.js';

const STROKES = 1_000;
const SEED = 1;
const STEPS = [10, 20, 50, 100];
const SCALES = [1, 2, 4];
const CLIPPING: ReadonlyArray<{ name: string; options: Partial<SamplingOptions> }> = [
  { name: 'clipSample alone', options: {} },
  { name: 'with useClippedModelOutput', options: { useClippedModelOutput: true } },
  { name: 'clipSample false', options: { clipSample: false } },
];
const COMPLETIONS: ReadonlyArray<{ steps: number; guidanceScale: number }> = [
  ...[5, 10, 20, 50, 100].map((steps) => ({ steps, guidanceScale: 1 })),
  { steps: 50, guidanceScale: 2 },
];

const reference = readPenDigits('train');
const test = readPenDigits('test');

interface Policy {
  readonly model: DdimModel;
  readonly engine: Engine;
}

/** Share of the strokes, in the model's own units, that read as the digit that was asked for. */
function share(model: DdimModel, actions: Float32Array, labels: Uint8Array): number {
  const strokes = denormalize(model.actionNormalizer, actions);
  return nearestNeighbourAccuracy(reference, { count: labels.length, strokes, labels });
}

async function clippingTable({ model, engine }: Policy): Promise<object[]> {
  const labels = Uint8Array.from({ length: STROKES }, (_, row) => Math.floor((row * NUM_DIGITS) / STROKES));
  const table: object[] = [];
  console.log(`${''.padEnd(26)}  w ${STEPS.map((steps) => `S = ${steps}`.padStart(8)).join('')}`);
  for (const { name, options } of CLIPPING)
    for (const guidanceScale of SCALES) {
      const shares: number[] = [];
      for (const numInferenceSteps of STEPS) {
        const all = { ...options, numInferenceSteps, guidanceScale };
        const { actions } = await engine.submit(policyRequest(model, labels, all, { seed: SEED }));
        shares.push(share(model, actions, labels));
      }
      console.log(`${name.padEnd(26)}  ${guidanceScale} ${shares.map((each) => percent(each).padStart(8)).join('')}`);
      table.push({ clipping: name, guidanceScale, shares });
    }
  return table;
}

/** The first half of each stroke is given, its own digit asked for. */
async function completionTable({ model, engine }: Policy): Promise<object[]> {
  const labels = test.labels.subarray(0, STROKES);
  const strokes = test.strokes.subarray(0, STROKES * STROKE_SIZE);
  const values = normalize(model.actionNormalizer, strokes);
  const mask = Uint8Array.from({ length: STROKE_SIZE }, (_, i) => (i < STROKE_SIZE / 2 ? 1 : 0));
  const table: object[] = [];
  for (const { steps, guidanceScale } of COMPLETIONS) {
    const options = { numInferenceSteps: steps, guidanceScale, useClippedModelOutput: true };
    const extras = { seed: SEED, fixedActions: { mask, values } };
    const { actions } = await engine.submit(policyRequest(model, labels, options, extras));
    const right = share(model, actions, labels);
    console.log(`second halves, ${String(steps).padStart(3)} steps, w ${guidanceScale}: ${percent(right)}`);
    table.push({ steps, guidanceScale, share: right });
  }
  const real = nearestNeighbourAccuracy(reference, { count: STROKES, strokes, labels });
  console.log(`the whole real strokes: ${percent(real)}`);
  return [...table, { real }];
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)} %`;
}

const machine = describeMachine();
printMachine(machine);
const model = await trainPolicy(reference, galleryTrainingRequest());
const engine = await startEngine(model);
console.log(`share of ${STROKES.toLocaleString('en')} strokes that read as the digit asked for, eta 0, seed ${SEED}\n`);
const clipping = await clippingTable({ model, engine });
console.log('');
const completion = await completionTable({ model, engine });
await engine.close();
writeReport('guidance', { machine, strokes: STROKES, seed: SEED, steps: STEPS, clipping, completion });
