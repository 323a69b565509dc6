import { LOSS_WEIGHTS, targetWeights, type LossWeighting, type MlpDenoiserConfig } from '#ddim';
import type { OptimiserStep, TrainBatch } from '#training';
import { HEADER, PER_ROW } from './kernels/batch-words.js';
import type { PassPlaces } from './pass-memory.js';

/** What a training run never changes. */
interface BatchTerms {
  readonly config: MlpDenoiserConfig;
  readonly lossWeighting: LossWeighting;
  readonly adamBetas: readonly [number, number];
  readonly adamEpsilon: number;
}

type Words<Name extends string> = Readonly<Record<Name, number>>;

/**
 * All that a batch brings, as the beginning of a pass's memory.
 * @param words overwritten
 * @returns those that are to be uploaded: without a mask it is shorter
 */
export function packBatch(terms: BatchTerms, places: PassPlaces, batch: TrainBatch, words: Float32Array): Float32Array {
  const { numRows, lossMask } = batch;
  const header = headerOf(terms, batch);
  words.set(HEADER.map((name) => header[name]));
  for (let row = 0; row < numRows; row++) {
    const ofRow = rowOf(terms, batch, row);
    words.set(
      PER_ROW.map((name) => ofRow[name]),
      places.perRow + row * PER_ROW.length,
    );
  }
  words.set(batch.actions, places.actions);
  words.set(batch.noise, places.noise);
  words.set(batch.observations, places.observations);
  if (lossMask === undefined) return words.subarray(0, places.mask);
  words.set(lossMask, places.mask);
  return words;
}

/** With nothing to count the loss is 0/0, not finite: such an update is skipped. */
function countedElements({ lossMask, noise }: TrainBatch): number {
  return lossMask ? lossMask.reduce((sum, counts) => sum + counts, 0) : noise.length;
}

function headerOf({ adamBetas, adamEpsilon }: BatchTerms, batch: TrainBatch): Words<(typeof HEADER)[number]> {
  const [beta1, beta2] = adamBetas;
  return {
    LOSS: 0,
    GRAD_NORM: 0,
    CLIP: 0,
    APPLIED: 0,
    GRADIENT_SCALE: 2 / countedElements(batch),
    MASKED: batch.lossMask ? 1 : 0,
    ...updateWords(batch.optimiser, adamBetas, adamEpsilon),
    BETA1: beta1,
    BETA2: beta2,
  };
}

/**
 * With m = (1 - β1) M and v = (1 - β2) V a step is lr m̂/(√v̂ + ε): both corrections lie in RATE and
 * EPSILON.
 */
function updateWords(
  { update, learningRate, weightDecay, gradClipNorm, emaDecay }: OptimiserStep,
  [beta1, beta2]: readonly [number, number],
  epsilon: number,
) {
  const ofMoment1 = (1 - beta1) / (1 - beta1 ** update);
  const ofMoment2 = Math.sqrt((1 - beta2) / (1 - beta2 ** update));
  return {
    CLIP_NORM: gradClipNorm,
    RATE: (learningRate * ofMoment1) / ofMoment2,
    EPSILON: epsilon / ofMoment2,
    KERNEL_DECAY: 1 - learningRate * weightDecay,
    EMA_DECAY: emaDecay,
    EMA_REST: 1 - emaDecay,
  };
}

function rowOf({ config, lossWeighting }: BatchTerms, batch: TrainBatch, row: number): Words<(typeof PER_ROW)[number]> {
  const alphaBar = batch.alphaBars[row];
  const [ofX0, ofEps] = targetWeights(config, alphaBar);
  return {
    LEVEL: Math.sqrt(alphaBar),
    NOISE_LEVEL: Math.sqrt(1 - alphaBar),
    TARGET_X0: ofX0,
    TARGET_NOISE: ofEps,
    LOSS_WEIGHT: LOSS_WEIGHTS[lossWeighting]?.(config.predictionType, alphaBar) ?? 1,
    KEEP: batch.conditionKeep[row],
    TIMESTEP: batch.timesteps[row],
  };
}
