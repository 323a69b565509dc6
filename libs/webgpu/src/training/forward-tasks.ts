import { blockName } from './dense-layers.js';
import { INPUT_LANES, inputForward } from './kernels/batch-kernels.js';
import { embedForward, lossForward, residualForward, siluForward } from './kernels/dense-kernels.js';
import { taskOf, type Task } from './kernels/kernel.js';
import { normForward } from './kernels/norm-kernels.js';
import { productGrid } from './kernels/product-kernel.js';
import { MAX_WORKGROUPS, type PassScope } from './pass-scope.js';

/**
 * The dispatches from a batch to its loss: o = keep · obs_embed(observations), h =
 * SiLU(denoiser_in([x|time|o])), per block h += down(SiLU(up(LN(h)))), F = noise_out(h).
 */
export function forwardTasks(scope: PassScope): readonly Task[] {
  const embedding = scope.config.obsSize > 0 ? [embedTask(scope)] : [];
  const blocks = scope.places.blocks.flatMap((_, i) => blockTasks(scope, i));
  return [inputTask(scope), ...embedding, firstLayerTask(scope), ...blocks, lossTask(scope)];
}

function inputTask({ places, rows, D, H, width }: PassScope): Task {
  const { perRow, actions, noise, joined: out } = places;
  const values = { rows, outputSize: D, hiddenSize: H, perRow, actions, noise, out, stride: width };
  return taskOf(inputForward, values, [Math.ceil((D + H) / INPUT_LANES), Math.min(rows, MAX_WORKGROUPS)]);
}

/** Without observations o stays the zeros that the memory is made of. */
function embedTask(scope: PassScope): Task {
  const { places, config, rows, D, H, width } = scope;
  const { perRow, observations: x, joined } = places;
  const shape = { rows, inner: config.obsSize, columns: H, x, stride: config.obsSize };
  const values = { ...shape, ...scope.dense('obs_embed'), out: joined + D + H, outStride: width, perRow };
  return taskOf(embedForward, values, productGrid(rows, H));
}

function firstLayerTask(scope: PassScope): Task {
  const { places, rows, H, width } = scope;
  const shape = { rows, inner: width, columns: H, x: places.joined, stride: width };
  const values = { ...shape, ...scope.dense('denoiser_in'), sum: places.sum, out: places.h[0] };
  return taskOf(siluForward, values, productGrid(rows, H));
}

function blockTasks(scope: PassScope, i: number): readonly Task[] {
  const { places, rows, H } = scope;
  const { stats, normed, sum, act } = places.blocks[i];
  const h = places.h[i];
  const name = blockName(i);
  const up = { rows, inner: H, columns: 4 * H, x: normed, stride: H, ...scope.dense(`${name}_up`), sum, out: act };
  const down = { rows, inner: 4 * H, columns: H, x: act, stride: 4 * H, ...scope.dense(`${name}_down`) };
  return [
    taskOf(normForward, { rows, size: H, h, ...scope.norm(`${name}_norm`), out: normed, stats }, scope.rowGrid),
    taskOf(siluForward, up, productGrid(rows, 4 * H)),
    taskOf(residualForward, { ...down, h, out: places.h[i + 1] }, productGrid(rows, H)),
  ];
}

function lossTask(scope: PassScope): Task {
  const { places, config, rows, D, H } = scope;
  const { perRow, actions, noise, mask, dF, lossParts } = places;
  const shape = { rows, inner: H, columns: D, x: places.h[config.numLayers], stride: H };
  const values = { ...shape, ...scope.dense('noise_out'), perRow, actions, noise, mask, out: dF, parts: lossParts };
  return taskOf(lossForward, values, productGrid(rows, D));
}
