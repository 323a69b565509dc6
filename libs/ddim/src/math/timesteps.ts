import { check, checkInteger, checkWithin, checkWord } from '../checks.js';
import { RANGES, TIMESTEP_SPACINGS, type Compat, type PrevTimestepRule, type TimestepSpacing } from '../vocabulary.js';

/** Integer timesteps 0..T-1; prevTimestep -1 is the final level. */
export interface TimestepPair {
  readonly timestep: number;
  readonly prevTimestep: number;
}

/** The prevTimestep of the last step: the final level, ā = 1 or ā_0. */
export const FINAL_TIMESTEP = -1;

/**
 * `stepsOffset` belongs to leading spacing. `startTimestep` drops the steps above it. `prevTimestepRule`
 * 'stride' recomputes t - floor(T/S) as diffusers does, for comparison only. `pairs` replaces spacing and
 * rule; numInferenceSteps is its length. compat 'edifice' takes Edifice's own list in place of spacing and
 * rule: ceil(T / max(floor(T/S), 1)) pairs.
 */
export interface TimestepOptions {
  readonly numInferenceSteps: number;
  readonly timestepSpacing: TimestepSpacing;
  readonly stepsOffset?: number;
  readonly startTimestep?: number;
  readonly prevTimestepRule?: PrevTimestepRule;
  readonly pairs?: readonly TimestepPair[];
  readonly compat?: Compat;
}

/**
 * Exactly numInferenceSteps pairs, timesteps strictly descending, each prevTimestep the next timestep (fewer
 * only with startTimestep, another list only with pairs or compat).
 * @throws InputError `validation_failed` naming the option at fault
 */
export function selectTimesteps(numTrainTimesteps: number, options: TimestepOptions): TimestepPair[] {
  const { numInferenceSteps: S, startTimestep } = options;
  checkInteger('numInferenceSteps', S, 1, numTrainTimesteps);
  const pairs = allTimesteps(numTrainTimesteps, options);
  if (startTimestep === undefined) return pairs;
  checkInteger('startTimestep', startTimestep, 0, numTrainTimesteps - 1);
  const kept = pairs.filter(({ timestep }) => timestep <= startTimestep);
  check(kept.length > 0, 'startTimestep', startTimestep, `at least the last timestep ${pairs.at(-1)?.timestep}`);
  return kept;
}

/**
 * The startTimestep that keeps the last min(floor(S strength), S) steps, S being the length of the whole
 * list.
 * @throws InputError unless strength is in (0, 1] and keeps a step
 */
export function startTimestepForStrength(
  numTrainTimesteps: number,
  options: TimestepOptions,
  strength: number,
): number {
  checkWithin('strength', strength, RANGES.strength);
  const pairs = selectTimesteps(numTrainTimesteps, { ...options, startTimestep: undefined });
  const kept = Math.floor(pairs.length * strength);
  check(kept > 0, 'strength', strength, `a number in 1/${pairs.length}..1, so that a step of ${pairs.length} is left`);
  return pairs[pairs.length - kept].timestep;
}

/**
 * Edifice's list: stride max(floor(T/S), 1) down from T-1; t = 0, when it is in the list, steps onto itself.
 */
export function edificeTimesteps(numTrainTimesteps: number, numInferenceSteps: number): TimestepPair[] {
  const stride = Math.max(Math.floor(numTrainTimesteps / numInferenceSteps), 1);
  const pairs: TimestepPair[] = [];
  for (let timestep = numTrainTimesteps - 1; timestep >= 0; timestep -= stride)
    pairs.push({ timestep, prevTimestep: Math.max(timestep - stride, 0) });
  return pairs;
}

function allTimesteps(T: number, options: TimestepOptions): TimestepPair[] {
  if (options.pairs) return checkPairs(T, options);
  return options.compat === 'edifice' ? edificeTimesteps(T, options.numInferenceSteps) : chain(T, options);
}

function chain(T: number, options: TimestepOptions): TimestepPair[] {
  const timesteps = spacedTimesteps(T, options).sort((left, right) => right - left);
  if (options.prevTimestepRule === 'stride') {
    const stride = Math.floor(T / options.numInferenceSteps);
    return timesteps.map((timestep) => ({ timestep, prevTimestep: Math.max(timestep - stride, FINAL_TIMESTEP) }));
  }
  return timesteps.map((timestep, k) => ({ timestep, prevTimestep: timesteps[k + 1] ?? FINAL_TIMESTEP }));
}

/**
 * S timesteps of T in no order. The float64 operations stay as they are: another order rounds halves unlike
 * NumPy.
 */
const SPACINGS: Readonly<Record<TimestepSpacing, (T: number, S: number, stepsOffset: number) => number[]>> = {
  leading,
  trailing,
  linspace,
  quad,
};

function spacedTimesteps(T: number, options: TimestepOptions): number[] {
  const { numInferenceSteps: S, timestepSpacing, stepsOffset = 0 } = options;
  const hasOffset = timestepSpacing === 'leading';
  check(
    hasOffset || stepsOffset === 0,
    'stepsOffset',
    stepsOffset,
    `0 with ${timestepSpacing} spacing; only leading has an offset`,
  );
  checkWord('timestepSpacing', timestepSpacing, TIMESTEP_SPACINGS);
  return SPACINGS[timestepSpacing](T, S, stepsOffset);
}

function leading(T: number, S: number, stepsOffset: number): number[] {
  const stride = Math.floor(T / S);
  checkInteger('stepsOffset', stepsOffset, 0, T - 1 - (S - 1) * stride);
  return Array.from({ length: S }, (_, k) => k * stride + stepsOffset);
}

/** NumPy's arange(T, 0, -T/S), rounded, less 1. */
function trailing(T: number, S: number): number[] {
  const q = T / S;
  const g = T - q - T;
  return Array.from({ length: S }, (_, k) => roundHalfEven(T + k * g) - 1);
}

/** NumPy's linspace(0, T-1, S), rounded. */
function linspace(T: number, S: number): number[] {
  const g = (T - 1) / (S - 1);
  return Array.from({ length: S }, (_, k) => (k === S - 1 ? T - 1 : roundHalfEven(k * g)));
}

/**
 * floor(c k²) of the DDIM paper, appendix D.2, made strictly increasing: the squares repeat 0 when S is
 * large.
 */
function quad(T: number, S: number): number[] {
  const root = Math.sqrt(0.8 * T);
  const g = root / (S - 1);
  let previous = -1;
  return Array.from({ length: S }, (_, k) => {
    const entry = Math.floor((k === S - 1 ? root : k * g) ** 2);
    previous = Math.max(entry, previous + 1);
    return previous;
  });
}

/** Halves go to the even neighbour, as in NumPy; Math.round would move 62.5 to 63. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

function checkPairs(T: number, options: TimestepOptions): TimestepPair[] {
  const pairs = [...(options.pairs ?? [])];
  check(
    pairs.length === options.numInferenceSteps,
    'pairs',
    `${pairs.length} pairs`,
    `numInferenceSteps = ${options.numInferenceSteps} pairs`,
  );
  check(options.prevTimestepRule !== 'stride', 'prevTimestepRule', 'stride', 'list when pairs are given');
  for (const [k, { timestep, prevTimestep }] of pairs.entries()) {
    checkInteger(`pairs[${k}].timestep`, timestep, 0, (k === 0 ? T : pairs[k - 1].timestep) - 1);
    checkInteger(`pairs[${k}].prevTimestep`, prevTimestep, FINAL_TIMESTEP, timestep);
  }
  return pairs;
}
