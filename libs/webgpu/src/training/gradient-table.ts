import { blockName, denseLayers } from './dense-layers.js';
import { LAYER_RECORD, layerTiles, NORM_RECORD } from './kernels/gradient-kernels.js';
import type { PassScope } from './pass-scope.js';

/** What the gradient dispatches look their work up in. */
export interface GradientTable {
  readonly words: Uint32Array;
  /** Where the dense layers' records and those of the layer norms start. */
  readonly layers: number;
  readonly norms: number;
  readonly numLayers: number;
}

export function gradientTable(scope: PassScope): GradientTable {
  const layers = layerRecords(scope);
  const words = Uint32Array.from([...layers, ...normRecords(scope)]);
  return { words, layers: 0, norms: layers.length, numLayers: layers.length / LAYER_RECORD.length };
}

function layerRecords(scope: PassScope): readonly number[] {
  let firstTile = 0;
  return denseLayers(scope.config).flatMap((layer) => {
    const { name, inputs, outputs } = layer;
    const record = { ...factors(scope, name), inputs, outputs, ...scope.dense(name), firstTile };
    firstTile += layerTiles(layer);
    return LAYER_RECORD.map((field) => record[field]);
  });
}

/** A layer's input, whose rows are `stride` apart, and the gradient of its output. */
function factors({ places, config, H, width }: PassScope, name: string) {
  const { blocks, h, dh } = places;
  const factorsOf = new Map([
    ['obs_embed', { x: places.observations, stride: config.obsSize, dy: places.dObservation }],
    ['denoiser_in', { x: places.joined, stride: width, dy: dh[0] }],
    ...blocks.flatMap(({ normed, act, dSum }, i) => [
      [`${blockName(i)}_up`, { x: normed, stride: H, dy: dSum }] as const,
      [`${blockName(i)}_down`, { x: act, stride: 4 * H, dy: dh[i + 1] }] as const,
    ]),
    ['noise_out', { x: h[config.numLayers], stride: H, dy: places.dF }],
  ]);
  const found = factorsOf.get(name);
  if (found) return found;
  throw new RangeError(`${name} is no dense layer`);
}

function normRecords(scope: PassScope): readonly number[] {
  const { blocks, h } = scope.places;
  return blocks.flatMap(({ stats, dNormed: dy }, i) => {
    const record = { h: h[i], stats, dy, ...scope.norm(`${blockName(i)}_norm`) };
    return NORM_RECORD.map((field) => record[field]);
  });
}
