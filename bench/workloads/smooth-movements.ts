import { outputSize, type Warning } from '#ddim';
import { checkTrainingConfig, train, type TrainingDataset, type TrainingResult } from '#training';
import { onnxTrainBackendModule } from '#onnx';
import { resolveTrainingConfig, TrainingRequest } from '#contract';
import { BENCH_CONFIG, normals } from '../engine/engine-workload.js';

/** What a network is trained to predict. */
export interface Variant {
  readonly name: string;
  readonly predictionType: 'epsilon' | 'v_prediction' | 'sample';
  readonly preconditioning: 'none' | 'edm';
}

export const VARIANTS: readonly Variant[] = [
  { name: 'epsilon', predictionType: 'epsilon', preconditioning: 'none' },
  { name: 'v_prediction', predictionType: 'v_prediction', preconditioning: 'none' },
  { name: 'sample', predictionType: 'sample', preconditioning: 'none' },
  { name: 'edm', predictionType: 'sample', preconditioning: 'edm' },
];

/**
 * A smooth movement is a constant, half a wave and a whole wave over the horizon: 3 × 64 of 512 dimensions.
 */
export const WAVES = 3;
const TRAJECTORIES = 4_096;
/** What the movement depends on. */
const TASK_SIZE = 8;
const { obsSize, actionHorizon, actionDim } = BENCH_CONFIG;
const D = outputSize(BENCH_CONFIG);

/** WAVES × [actionHorizon], orthonormal: the first functions of the discrete cosine transform. */
export const smooth = Array.from({ length: WAVES }, (_, wave) =>
  Float64Array.from(
    { length: actionHorizon },
    (_unused, t) =>
      Math.sqrt((wave === 0 ? 1 : 2) / actionHorizon) * Math.cos((Math.PI * wave * (t + 0.5)) / actionHorizon),
  ),
);

/**
 * Each joint follows waves whose heights depend smoothly on the first numbers of the observation; the other
 * numbers mean nothing.
 */
export function smoothMovements(): TrainingDataset {
  const observations = normals(TRAJECTORIES * obsSize, 1);
  const weights = normals(WAVES * actionDim * TASK_SIZE, 2);
  const actions = new Float32Array(TRAJECTORIES * D);
  for (let i = 0; i < TRAJECTORIES; i++) {
    const task = observations.subarray(i * obsSize, i * obsSize + TASK_SIZE);
    for (let j = 0; j < actionDim; j++)
      for (const [wave, heights] of smooth.entries()) {
        const from = (wave * actionDim + j) * TASK_SIZE;
        const phase = task.reduce((sum, value, k) => sum + value * weights[from + k], 0) / Math.sqrt(TASK_SIZE);
        for (let t = 0; t < actionHorizon; t++)
          actions[i * D + t * actionDim + j] += (Math.sin(phase) * heights[t]) / (1 + wave);
      }
  }
  return { observations, actions, count: TRAJECTORIES };
}

/** Trains a network of the seed's shape for so many updates. */
export async function trainVariant(
  dataset: TrainingDataset,
  { predictionType, preconditioning }: Variant,
  updates: number,
): Promise<TrainingResult & { readonly warnings: readonly Warning[] }> {
  const request = TrainingRequest.parse({
    model: 'bench',
    dataset: 'bench',
    preset: 'diffusion-policy',
    network: { hiddenSize: BENCH_CONFIG.hiddenSize, numLayers: BENCH_CONFIG.numLayers, preconditioning },
    diffusion: { predictionType, timestepSpacing: 'trailing' },
    training: {
      steps: updates,
      batchSize: 256,
      learningRate: 1e-3,
      warmupSteps: Math.round(updates / 20),
      logEverySteps: 50,
    },
  });
  const config = resolveTrainingConfig(request, { obsSize, actionHorizon, actionDim });
  const warnings = checkTrainingConfig(config);
  const result = await train({
    backendModule: onnxTrainBackendModule,
    backend: { providers: ['cpu'] },
    config,
    dataset,
    onMetrics: () => undefined,
    onCheckpoint: () => Promise.resolve(),
  });
  return { ...result, warnings };
}
