/**
 * Real-time chunking (arXiv:2506.07339): the next plan is pulled towards the one under way, fully where that
 * will have been executed before it arrives, then less and less. Equations and their derivation:
 * docs/real-time-chunking.md.
 */

import { assertNever } from '../errors.js';
import { check, checkInteger, checkWithin, checkWord } from '../checks.js';
import { CHUNKING_SCHEDULES, RANGES, type ChunkingSchedule } from '../vocabulary.js';
import { stepScalars } from './coefficients.js';
import type { StepPlan } from './step-plan.js';

/** What is asked for beside the previous actions; the rest has defaults. */
interface ChunkingOptions {
  /** Actions of the previous plan that are gone, 0..horizon-1. */
  readonly executedSteps: number;
  /** d: actions that will be executed until the next plan arrives, at most half of the horizon. */
  readonly delaySteps: number;
  /** s: where the pull ends, d..horizon-d. Default: where the previous plan ends, within that range. */
  readonly executionHorizon?: number | undefined;
  readonly schedule?: ChunkingSchedule | undefined;
  /** Most weight of a step's guidance. Default: the number of steps. */
  readonly maxWeight?: number | undefined;
}

/** The same, complete, and no further than the previous plan reaches. */
interface Chunking {
  readonly delaySteps: number;
  readonly executionHorizon: number;
  readonly schedule: ChunkingSchedule;
  readonly maxWeight: number;
}

/**
 * Completes the options: d and s end where the previous plan does, of which horizon - executedSteps actions
 * are left; nothing is pulled towards actions that were never planned.
 * @throws InputError `validation_failed` naming the option, d <= s <= horizon - d among them
 */
export function resolveChunking(
  options: ChunkingOptions,
  { actionHorizon, numSteps }: { readonly actionHorizon: number; readonly numSteps: number },
): Chunking {
  const { executedSteps, delaySteps, schedule = 'exp', maxWeight = numSteps } = options;
  const name = (option: keyof ChunkingOptions) => `realTimeChunking.${option}`;
  checkInteger(name('executedSteps'), executedSteps, 0, actionHorizon - 1);
  const latest = actionHorizon - delaySteps;
  check(
    Number.isInteger(delaySteps) && delaySteps >= 0 && delaySteps <= latest,
    name('delaySteps'),
    delaySteps,
    `an integer in 0..${Math.floor(actionHorizon / 2)}, at most half of the horizon ${actionHorizon}`,
  );
  const left = actionHorizon - executedSteps;
  const { executionHorizon = Math.max(delaySteps, Math.min(left, latest)) } = options;
  check(
    Number.isInteger(executionHorizon) && executionHorizon >= delaySteps && executionHorizon <= latest,
    name('executionHorizon'),
    executionHorizon,
    `an integer in ${delaySteps}..${latest}, from delaySteps to horizon - delaySteps`,
  );
  checkWord(name('schedule'), schedule, CHUNKING_SCHEDULES);
  checkWithin(name('maxWeight'), maxWeight, RANGES.chunkingMaxWeight);
  return {
    delaySteps: Math.min(delaySteps, left),
    executionHorizon: Math.min(executionHorizon, left),
    schedule,
    maxWeight,
  };
}

/**
 * How much each action of the next plan is pulled, [horizon,dim] in 0..1: w = 1 before d, then falling, 0
 * from s on. With l = (s - h)/(s - d + 1), `linear` is l and `exp` l (e^l - 1)/(e - 1); `ones` stays 1 up to
 * s, `zeros` is 0 from d on. As in real-time-chunking-kinetix and LeRobot.
 */
export function chunkingWeights(
  { delaySteps: d, executionHorizon: s, schedule }: Chunking,
  { actionHorizon, actionDim }: { readonly actionHorizon: number; readonly actionDim: number },
): Float32Array {
  const weights = new Float32Array(actionHorizon * actionDim);
  for (let h = 0; h < s; h++) {
    const weight = h < d ? 1 : fadedWeight(schedule, (s - h) / (s - d + 1));
    weights.fill(weight, h * actionDim, (h + 1) * actionDim);
  }
  return weights;
}

function fadedWeight(schedule: ChunkingSchedule, l: number): number {
  switch (schedule) {
    case 'exp':
      return (l * Math.expm1(l)) / (Math.E - 1);
    case 'linear':
      return l;
    case 'ones':
      return 1;
    case 'zeros':
      return 0;
    default:
      return assertNever(schedule);
  }
}

/**
 * p = min(c β, 1), what the state moves by in a step for each unit of w (y - x0): x0 moves by
 * β = B/(A+B) min(1/(A B), maxWeight), ε by -A/B of that, and c = P - k A/B is what both are worth in x'.
 */
export function chunkingPull(plan: StepPlan, step: number, maxWeight: number): number {
  const { A, B, P, k } = stepScalars(plan.levels[2 * step], plan.levels[2 * step + 1], plan.options);
  const beta = (B / (A + B)) * Math.min(1 / (A * B), maxWeight);
  return Math.fround(Math.min(Math.max(P - (k * A) / B, 0) * beta, 1));
}

/**
 * Moves the state x' [D] after a step by p w (y - x0), in float64.
 * @param x0 [D], limited, as the step predicted it
 * @param chunk weights w [D]; y [D] the previous plan, shifted and normalised
 * @param pull p of the step
 */
export function pullTowardsChunk(
  x: Float32Array,
  x0: Float32Array,
  chunk: { readonly weights: Float32Array; readonly y: Float32Array },
  pull: number,
): void {
  for (let i = 0; i < x.length; i++) x[i] += pull * chunk.weights[i] * (chunk.y[i] - x0[i]);
}
