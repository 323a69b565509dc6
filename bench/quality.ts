/**
 * What DDIM's steps, eta and useClippedModelOutput cost in fidelity, on real pen strokes: accuracy, MMD² and
 * variance within a digit of 3,498 samples for a grid of them, and how well an inversion finds its way back.
 * Trains the demonstration's policy first. Run: node dist/bench/quality.js
 */
import { denormalize, normalize, outputSize, type DdimModel } from '#ddim';
import type { Engine } from '#engine';
import { mmdSquared, nearestNeighbourAccuracy, withinDigitVariance } from '../examples/pendigits/evaluation.js';
import { readPenDigits } from '../examples/pendigits/pen-digits.js';
import { trainingRequest } from '../examples/pendigits/training-request.js';
import { describeMachine, printMachine, writeReport } from './machine.js';
import { policyRequest, startEngine, trainPolicy } from './workloads/pen-policy.js';

const STEPS = [2, 3, 5, 10, 20, 50];
const ETAS = [0, 0.5, 1];
const ROUND_TRIP_STEPS = [10, 20, 50, 100];
const ROUND_TRIP_ROWS = 500;

const reference = readPenDigits('train');
const test = readPenDigits('test');

interface Fidelity {
  readonly steps: number;
  readonly eta: number;
  readonly accuracy: number;
  readonly useClippedModelOutput: boolean;
  readonly mmdSquared: number;
  readonly varianceRatio: number;
}

/**
 * For inversion: the demonstration's cosine schedule leaves no signal at its last level (ā about 2e-7), from
 * where the way back divides by √ā what the network gets wrong. The schedule of the paper keeps √ā = 0.006.
 */
const PAPER_SCHEDULE = { numTrainTimesteps: 1_000, betaSchedule: 'linear' } as const;

async function fidelityTable(engine: Engine, model: DdimModel): Promise<Fidelity[]> {
  const table: Fidelity[] = [];
  console.log('steps  eta  ε again  accuracy    MMD²  variance');
  for (const steps of STEPS)
    for (const eta of ETAS)
      for (const useClippedModelOutput of [false, true]) {
        const row = await fidelity(engine, model, { steps, eta, useClippedModelOutput });
        const again = useClippedModelOutput ? 'yes' : 'no ';
        const numbers = `${row.accuracy.toFixed(3)}  ${row.mmdSquared.toFixed(4)}  ${row.varianceRatio.toFixed(2)}`;
        console.log(`${String(steps).padStart(5)}  ${eta.toFixed(1)}  ${again}         ${numbers}`);
        table.push(row);
      }
  return table;
}

async function fidelity(
  engine: Engine,
  model: DdimModel,
  setting: Pick<Fidelity, 'steps' | 'eta' | 'useClippedModelOutput'>,
): Promise<Fidelity> {
  const { steps: numInferenceSteps, eta, useClippedModelOutput } = setting;
  const options = { numInferenceSteps, eta, useClippedModelOutput };
  const { actions } = await engine.submit(policyRequest(model, test.labels, options));
  const sampled = { ...test, strokes: denormalize(model.actionNormalizer, actions) };
  return {
    ...setting,
    accuracy: nearestNeighbourAccuracy(reference, sampled),
    mmdSquared: mmdSquared(sampled.strokes, test.strokes),
    varianceRatio: withinDigitVariance(sampled) / withinDigitVariance(test),
  };
}

/** Root mean square, in normalised units, between strokes and what decoding their encoding gives. */
async function roundTrips(engine: Engine, model: DdimModel): Promise<{ steps: number; error: number }[]> {
  const labels = test.labels.subarray(0, ROUND_TRIP_ROWS);
  const strokes = normalize(
    model.actionNormalizer,
    test.strokes.subarray(0, ROUND_TRIP_ROWS * outputSize(model.config)),
  );
  const errors: { steps: number; error: number }[] = [];
  for (const steps of ROUND_TRIP_STEPS) {
    const options = { numInferenceSteps: steps, clipSample: false };
    const encoded = await engine.submit(
      policyRequest(model, labels, options, { mode: 'encode', initialActions: strokes }),
    );
    const decoded = await engine.submit(policyRequest(model, labels, options, { initialNoise: encoded.actions }));
    const squares = decoded.actions.reduce((sum, value, i) => sum + (value - strokes[i]) ** 2, 0);
    errors.push({ steps, error: Math.sqrt(squares / strokes.length) });
    console.log(`encode and decode, ${steps} steps: rms ${errors.at(-1)?.error.toFixed(4)}`);
  }
  return errors;
}

const machine = describeMachine();
printMachine(machine);
const usual = trainingRequest(false);
const model = await trainPolicy(reference, usual);
const engine = await startEngine(model);
const table = await fidelityTable(engine, model);
await engine.close();
console.log('');
const invertible = await trainPolicy(reference, {
  ...usual,
  diffusion: { ...usual.diffusion, ...PAPER_SCHEDULE },
});
const inverter = await startEngine(invertible);
const roundTrip = await roundTrips(inverter, invertible);
await inverter.close();
writeReport('quality', { machine, fidelity: table, roundTrip });
