import { blockName } from './dense-layers.js';
import type { GradientTable } from './gradient-table.js';
import { embedBackward, plainBackward, siluBackward } from './kernels/dense-kernels.js';
import { layerGradients, NORM_COLUMNS, normGradients } from './kernels/gradient-kernels.js';
import { taskOf, type Task } from './kernels/kernel.js';
import { normBackward } from './kernels/norm-kernels.js';
import { productGrid } from './kernels/product-kernel.js';
import type { PassScope } from './pass-scope.js';

/**
 * The most workgroups along x of the layers' gradients: there may be more tiles than one side of a grid
 * holds.
 */
const TILES_ACROSS = 1_024;

/** The dispatches from the gradient of F to that of every parameter. */
export function backwardTasks(scope: PassScope, table: GradientTable): readonly Task[] {
  const blocks = scope.places.blocks.map((_, i) => blockTasks(scope, i)).reverse();
  const embedding = scope.config.obsSize > 0 ? [embedTask(scope)] : [];
  return [outputTask(scope), ...blocks.flat(), ...embedding, layersTask(scope, table), normsTask(scope, table)];
}

function outputTask(scope: PassScope): Task {
  const { places, config, rows, D, H } = scope;
  const { kernel } = scope.dense('noise_out');
  const out = places.dh[config.numLayers];
  return taskOf(plainBackward, { rows, inner: D, columns: H, dy: places.dF, kernel, out }, productGrid(rows, H));
}

function blockTasks(scope: PassScope, i: number): readonly Task[] {
  const { places, rows, H } = scope;
  const { stats, sum, dSum, dNormed } = places.blocks[i];
  const dh = places.dh[i + 1];
  const name = blockName(i);
  const up = scope.dense(`${name}_up`).kernel;
  const down = scope.dense(`${name}_down`).kernel;
  const { gamma } = scope.norm(`${name}_norm`);
  const gate = { gated: i === 0 ? 1 : 0, sum: places.sum };
  const norm = { rows, size: H, h: places.h[i], gamma, stats, dy: dNormed, dh, ...gate, out: places.dh[i] };
  return [
    taskOf(
      siluBackward,
      { rows, inner: H, columns: 4 * H, dy: dh, kernel: down, out: dSum, sum },
      productGrid(rows, 4 * H),
    ),
    taskOf(plainBackward, { rows, inner: 4 * H, columns: H, dy: dSum, kernel: up, out: dNormed }, productGrid(rows, H)),
    taskOf(normBackward, norm, scope.rowGrid),
  ];
}

/** The observation's rows of the first kernel are its last. */
function embedTask(scope: PassScope): Task {
  const { places, rows, D, H } = scope;
  const kernel = scope.dense('denoiser_in').kernel + (D + H) * H;
  const { dh, perRow, dObservation: out } = places;
  return taskOf(embedBackward, { rows, inner: H, columns: H, dy: dh[0], kernel, out, perRow }, productGrid(rows, H));
}

function layersTask({ places, rows }: PassScope, { layers, numLayers }: GradientTable): Task {
  const numTiles = places.numLayerParts;
  const across = Math.min(numTiles, TILES_ACROSS);
  const values = { rows, layers, numLayers, numTiles, parts: places.normParts };
  return taskOf(layerGradients, values, [across, Math.ceil(numTiles / across)]);
}

function normsTask({ places, config, rows, H }: PassScope, { norms }: GradientTable): Task {
  const values = { rows, size: H, norms, parts: places.normParts + places.numLayerParts };
  return taskOf(normGradients, values, [Math.ceil(H / NORM_COLUMNS), config.numLayers]);
}
