/**
 * How far a plan jumps from the one under way, by what is done about it: an exact policy with two ways round
 * an obstacle, no network. Run: node dist/bench/chunking.js
 */
import {
  chunkingWeights,
  makeNoiseSchedule,
  planForModel,
  resolveChunking,
  sample,
  samplingOptions,
  shiftActions,
  startTimestepForStrength,
  type Predict,
  type RowArrays,
} from '#ddim';
import { describeMachine, printMachine, writeReport } from './machine.js';

const H = 16;
const ROWS = 1_000;
const STEPS = 10;
const EXECUTED = 4;
const DELAYS = [0, 1, 2, 3, 4];
const T = 100;
/** Deviation of a plan from its way, and over how many actions it keeps it. */
const [SPREAD, LENGTH] = [0.1, 3];

const config = {
  obsSize: 0,
  actionDim: 1,
  actionHorizon: H,
  hiddenSize: 2,
  numLayers: 1,
  numTrainTimesteps: T,
  predictionType: 'sample',
  preconditioning: 'none',
} as const;
const schedule = {
  numTrainTimesteps: T,
  betaSchedule: 'squaredcos_cap_v2',
  betaStart: 1e-4,
  betaEnd: 0.02,
  rescaleBetasZeroSnr: false,
  setAlphaToOne: true,
} as const;
const { alphasCumprod } = makeNoiseSchedule(schedule);
const options = samplingOptions({ numInferenceSteps: STEPS });
const sizes = { rows: ROWS, actionHorizon: H, actionDim: 1 };

type Matrix = readonly (readonly number[])[];
const places = [...Array(H).keys()];
const covariance: Matrix = places.map((i) =>
  places.map((j) => SPREAD ** 2 * Math.exp(-((i - j) ** 2) / (2 * LENGTH ** 2))),
);

/**
 * The way to the right at action h of a plan that starts at action `start`; to the left it is its negative.
 */
function way(start: number): number[] {
  return Array.from({ length: H }, (_, h) => 0.6 * Math.sin((Math.PI * (start + h + 2)) / (2 * H)));
}

/** E[x0 | x] of two Gaussians around the ways, in closed form. */
function exactPolicy(start: number): Predict {
  const mean = way(start);
  const inverses = new Map<number, Matrix>();
  return (x, t) => {
    const alphaBar = alphasCumprod[t];
    const A = Math.sqrt(alphaBar);
    const known = inverses.get(t);
    const inverse =
      known ?? inverseOf(covariance.map((row, i) => row.map((v, j) => alphaBar * v + (i === j ? 1 - alphaBar : 0))));
    if (!known) inverses.set(t, inverse);
    const sides = [-1, 1].map((side) => {
      const error = mean.map((value, h) => x[h] - A * side * value);
      const solved = times(inverse, error);
      const shift = times(covariance, solved);
      return { logOdds: -0.5 * dot(error, solved), x0: mean.map((value, h) => side * value + A * shift[h]) };
    });
    const right = 1 / (1 + Math.exp(sides[0].logOdds - sides[1].logOdds));
    return Float32Array.from(mean, (_, h) => (1 - right) * sides[0].x0[h] + right * sides[1].x0[h]);
  };
}

function inverseOf(matrix: Matrix): Matrix {
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (const [i, pivot] of rows.entries()) {
    const scale = pivot[i];
    for (let j = 0; j < pivot.length; j++) pivot[j] /= scale;
    for (const row of rows) {
      if (row === pivot) continue;
      const factor = row[i];
      for (let j = 0; j < row.length; j++) row[j] -= factor * pivot[j];
    }
  }
  return rows.map((row) => row.slice(H));
}

function times(matrix: Matrix, vector: readonly number[]): number[] {
  return matrix.map((row) => dot(row, vector));
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, i) => sum + value * right[i], 0);
}

function plansOf(policy: Predict, seed: number, arrays: RowArrays = {}, startTimestep?: number): Float32Array {
  const plan = planForModel({ config, schedule, conditionDropout: 0 }, { ...options, startTimestep });
  return sample(policy, plan, { seed, rows: ROWS, outputSize: H, conditions: new Float32Array(0), ...arrays });
}

/** The jump from the old plan to the new one at action `delay`, and how many rows stay on their way. */
function seamOf(plans: Float32Array, old: Float32Array, delay: number) {
  const jumps = Array.from({ length: ROWS }, (_, row) => Math.abs(plans[row * H + delay] - old[row * H + delay]));
  const sides = (of: Float32Array, row: number) => Math.sign(of[row * H + H - 1]);
  const same = jumps.filter((_, row) => sides(plans, row) === sides(old, row)).length / ROWS;
  const sorted = jumps.toSorted((a, b) => a - b);
  const mean = jumps.reduce((sum, jump) => sum + jump, 0) / ROWS;
  return { delay, mean, p99: sorted[Math.ceil(0.99 * ROWS) - 1], same };
}

const machine = describeMachine();
printMachine(machine);
const previousActions = plansOf(exactPolicy(0), 1);
const values = shiftActions({ previousActions, executedSteps: EXECUTED }, sizes, 'realTimeChunking');
const next = exactPolicy(EXECUTED);

function chunk(delaySteps: number, name: 'exp' | 'linear'): RowArrays {
  const asked = { executedSteps: EXECUTED, delaySteps, schedule: name };
  const used = resolveChunking(asked, { actionHorizon: H, numSteps: STEPS });
  return { realTimeChunking: { weights: chunkingWeights(used, config), values, maxWeight: used.maxWeight } };
}

const ways: ReadonlyArray<{ name: string; plans: (delay: number) => Float32Array }> = [
  { name: 'nothing', plans: () => plansOf(next, 2) },
  {
    name: 'warm start, strength 0.5',
    plans: () => plansOf(next, 2, { initialActions: values }, startTimestepForStrength(T, options, 0.5)),
  },
  {
    name: 'fixed actions',
    plans: (delay) =>
      plansOf(next, 2, {
        fixedActions: { mask: Uint8Array.from({ length: H }, (_, h) => (h < delay ? 1 : 0)), values },
      }),
  },
  { name: 'real-time chunking, exp', plans: (delay) => plansOf(next, 2, chunk(delay, 'exp')) },
  { name: 'real-time chunking, linear', plans: (delay) => plansOf(next, 2, chunk(delay, 'linear')) },
];
console.log(
  `H ${H}, ${STEPS} steps, ${EXECUTED} actions executed, ${ROWS} plans; jump at the seam: mean, p99; on the same way`,
);
const results = ways.map(({ name, plans }) => ({
  name,
  seams: DELAYS.map((delay) => seamOf(plans(delay), values, delay)),
}));
for (const { name, seams } of results) {
  console.log(name);
  for (const { delay, mean, p99, same } of seams)
    console.log(`  delay ${delay}  ${mean.toFixed(3)}  ${p99.toFixed(3)}  ${(100 * same).toFixed(1)} %`);
}
writeReport('chunking', { machine, steps: STEPS, executed: EXECUTED, rows: ROWS, results });
