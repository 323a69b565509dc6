import type { Tensor } from 'onnxruntime-node';
import { outputSize, type MlpDenoiserConfig, LOSS_WEIGHTS, targetWeights, type LossWeighting } from '#ddim';
import type { TrainBatch } from '#training';
import type { OnnxRuntime } from '../runtime/session.js';
import { hasTargetWeights } from './training-graph.js';

/** Feeds of the training graph that belong to a batch; arrays without a SharedArrayBuffer are not copied. */
export function batchFeeds(
  runtime: OnnxRuntime,
  config: MlpDenoiserConfig,
  lossWeighting: LossWeighting,
  batch: TrainBatch,
): Record<string, Tensor> {
  const { numRows: B, alphaBars } = batch;
  const rows = (data: Float32Array, columns: number) => new runtime.Tensor('float32', owned(data), [B, columns]);
  const D = outputSize(config);
  const feeds: Record<string, Tensor> = {
    actions: rows(batch.actions, D),
    noise: rows(batch.noise, D),
    timesteps: new runtime.Tensor('int32', batch.timesteps, [B]),
    levels: rows(
      perRow(alphaBars, 2, (alphaBar) => [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)]),
      2,
    ),
    gradient_scale: new runtime.Tensor('float32', Float32Array.of(2 / countedElements(batch, B * D)), [1]),
    row_ones: new runtime.Tensor('float32', new Float32Array(B).fill(1), [B]),
  };
  if (config.obsSize > 0) {
    feeds.observations = rows(batch.observations, config.obsSize);
    feeds.condition_keep = rows(batch.conditionKeep, 1);
  }
  if (hasTargetWeights(config))
    feeds.target_weights = rows(
      perRow(alphaBars, 2, (alphaBar) => targetWeights(config, alphaBar)),
      2,
    );
  const weightOf = LOSS_WEIGHTS[lossWeighting];
  if (weightOf)
    feeds.loss_weight = rows(
      perRow(alphaBars, 1, (alphaBar) => [weightOf(config.predictionType, alphaBar)]),
      1,
    );
  if (batch.lossMask) feeds.loss_mask = rows(batch.lossMask, D);
  return feeds;
}

/** With nothing to count the loss is 0/0, not finite: such an update is skipped. */
function countedElements({ lossMask }: TrainBatch, all: number): number {
  return lossMask ? lossMask.reduce((sum, counts) => sum + counts, 0) : all;
}

function perRow(
  alphaBars: Float64Array,
  columns: number,
  write: (alphaBar: number) => readonly number[],
): Float32Array {
  const out = new Float32Array(alphaBars.length * columns);
  for (const [row, alphaBar] of alphaBars.entries()) out.set(write(alphaBar), row * columns);
  return out;
}

/** ONNX Runtime refuses memory on a SharedArrayBuffer. */
function owned(data: Float32Array): Float32Array {
  return data.buffer instanceof SharedArrayBuffer ? Float32Array.from(data) : data;
}
