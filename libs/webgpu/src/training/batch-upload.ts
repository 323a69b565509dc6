import { LOSS_WEIGHTS, outputSize, targetWeights, type LossWeighting, type MlpDenoiserConfig } from '#ddim';
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
 * The beginning of a pass's memory: all that a batch brings, in one array.
 * @param count elements that count in the loss; with none it is 0/0, not finite, and the update is skipped
 */
export function packBatch(terms: BatchTerms, places: PassPlaces, batch: TrainBatch, count: number): Float32Array {
  const { numRows, lossMask } = batch;
  const D = outputSize(terms.config);
  const words = new Float32Array(lossMask ? places.mask + numRows * D : places.mask);
  const header = headerOf(terms, batch, count);
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
  if (terms.config.obsSize > 0) words.set(batch.observations, places.observations);
  if (lossMask) words.set(lossMask, places.mask);
  return words;
}

/** Elements of a batch that count in its loss. */
export function countedElements({ lossMask, noise }: TrainBatch): number {
  return lossMask ? lossMask.reduce((sum, counts) => sum + counts, 0) : noise.length;
}

function headerOf(
  { adamBetas, adamEpsilon }: BatchTerms,
  { optimiser, lossMask }: TrainBatch,
  count: number,
): Words<(typeof HEADER)[number]> {
  const [beta1, beta2] = adamBetas;
  return {
    LOSS: 0,
    GRAD_NORM: 0,
    CLIP: 0,
    APPLIED: 0,
    GRADIENT_SCALE: 2 / count,
    MASKED: lossMask ? 1 : 0,
    ...updateWords(optimiser, adamBetas, adamEpsilon),
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
