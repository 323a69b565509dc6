import type { Schemas } from '#client';

interface Version extends Pick<Schemas['ModelVersion'], 'name' | 'version' | 'sampling'> {
  readonly config: Pick<Schemas['ModelConfig'], 'numTrainTimesteps'>;
}

/** Numbers of steps that are compared, as far as the model has so many. */
const STEPS = [1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 50];
/** What they are compared with. */
const MOST_STEPS = 100;
const SEED = 1;
export const QUALITY_ROWS = 64;

/** How far the actions of so many steps are from those of the most steps. */
export interface StepError {
  readonly steps: number;
  /** 0: none; 1: as far as samples are from their mean. */
  readonly error: number;
}

/** The numbers of steps that are worth comparing, and last the reference. */
export function comparedSteps({ config, sampling }: Version): readonly [...number[], number] {
  const most = Math.min(config.numTrainTimesteps, MOST_STEPS);
  const own = typeof sampling.numInferenceSteps === 'number' ? [sampling.numInferenceSteps] : [];
  const fewer = [...new Set([...STEPS, ...own])].filter((steps) => steps < most).sort((a, b) => a - b);
  return [...fewer, most];
}

/** The same rows with the same noise, in so many steps and without further noise. */
export function qualityRequest(
  { name, version }: Version,
  observations: readonly (readonly number[])[],
  steps: number,
): Schemas['SamplingRequest'] {
  return {
    model: `${name}@${version}`,
    observations: observations.map((row) => [...row]),
    samplesPerObservation: Math.max(Math.floor(QUALITY_ROWS / observations.length), 1),
    numInferenceSteps: steps,
    eta: 0,
    seed: SEED,
    priority: 'normal',
  };
}

/**
 * √(Σ (a - b)² / Σ (b - b̄)²): the distance of two sets of actions with the same noise, in spreads of the
 * second. b̄ is the mean of each element over the rows.
 * @param elements numbers of a row
 */
export function relativeDistance(a: ArrayLike<number>, b: ArrayLike<number>, elements: number): number {
  const means = new Float64Array(elements);
  const rows = b.length / elements;
  for (let i = 0; i < b.length; i++) means[i % elements] = (means[i % elements] ?? 0) + (b[i] ?? 0) / rows;
  let [distance, spread] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    distance += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
    spread += ((b[i] ?? 0) - (means[i % elements] ?? 0)) ** 2;
  }
  return Math.sqrt(distance / (spread || 1));
}
