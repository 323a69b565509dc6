import type { LossWeighting, MlpDenoiserConfig } from '#ddim';
import type { TrainBatch } from '#training';
import { createSession, loadOnnxRuntime } from '../src/runtime/session.js';
import { batchFeeds } from '../src/training/training-batch.js';
import { buildTrainingGraph, gradientOutput } from '../src/training/training-graph.js';
import { parameterGroups, unpackGroup } from '../src/training/training-layout.js';
import { TrainingState } from '../src/training/training-state.js';
import { adamBetas, adamEpsilon, freshState, someParameters } from '../../training/testing/train-batches.js';

/** Loss and gradients by parameter name, as the training graph has them on the CPU. */
export async function graphGradients(
  config: MlpDenoiserConfig,
  lossWeighting: LossWeighting,
  batch: TrainBatch,
  parameters = someParameters(config),
) {
  const runtime = await loadOnnxRuntime();
  const groups = parameterGroups(config);
  const state = new TrainingState(runtime, config, groups, freshState(parameters), {
    betas: adamBetas,
    epsilon: adamEpsilon,
  });
  const masked = batch.lossMask !== undefined;
  const model = buildTrainingGraph(config, { kind: 'gradients', lossWeighting, masked });
  const session = await createSession(runtime, 'cpu', model);
  try {
    const feeds = { ...batchFeeds(runtime, config, lossWeighting, batch), ...state.weights('parameter') };
    const results = await session.run(feeds);
    const gradients = new Map<string, Float32Array>();
    for (const group of groups) {
      const { data } = results[gradientOutput(group)];
      unpackGroup(group, Float32Array.from(data, Number), gradients);
    }
    return { loss: Number(results['loss'].data[0]), gradients };
  } finally {
    await session.release();
  }
}
