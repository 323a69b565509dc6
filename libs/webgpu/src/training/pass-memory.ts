import { outputSize, type MlpDenoiserConfig } from '#ddim';
import { denseLayers } from './dense-layers.js';
import { HEADER, PER_ROW } from './kernels/batch-words.js';
import { layerTiles, NORM_COLUMNS } from './kernels/gradient-kernels.js';
import { productGrid } from './kernels/product-kernel.js';

/** `update`: forward, backward and update; `loss`: the loss of the averaged weights. */
export type PassKind = 'update' | 'loss';

/** Where the arrays of one residual block lie. */
interface BlockPlaces {
  /** Mean and 1/deviation of the block's input, [B,2]. */
  readonly stats: number;
  /** Layer norm of the input, [B,H]. */
  readonly normed: number;
  /** up(normed), and SiLU of it, [B,4H]. */
  readonly sum: number;
  readonly act: number;
  /** Gradients of `sum` [B,4H] and `normed` [B,H]. */
  readonly dSum: number;
  readonly dNormed: number;
}

/** Offsets of the arrays of a pass of B rows in its memory, in numbers. */
export interface PassPlaces {
  /** The batch: what is uploaded ends at `mask` or, if there is one, behind it. */
  readonly perRow: number;
  readonly actions: number;
  readonly noise: number;
  readonly observations: number;
  readonly mask: number;
  /** [x_t | time | o] [B,D+2H], and the first layer's sum [B,H]. */
  readonly joined: number;
  readonly sum: number;
  readonly blocks: readonly BlockPlaces[];
  /** Input of each block, then the output of the last, [B,H] each. */
  readonly h: readonly number[];
  /** Their gradients; the first is that of `sum`, whose SiLU h is. */
  readonly dh: readonly number[];
  /** Gradients of F [B,D] and o [B,H]. */
  readonly dF: number;
  readonly dObservation: number;
  /** What the tiles add to loss and norm; the layer norms' behind the layers'. */
  readonly lossParts: number;
  readonly numLossParts: number;
  readonly normParts: number;
  readonly numLayerParts: number;
  readonly numNormParts: number;
  /** Numbers in all. */
  readonly size: number;
}

/** Hands out one range behind the other. */
class Ranges {
  end = HEADER.length;

  take(size: number): number {
    const start = this.end;
    this.end += size;
    return start;
  }
}

/**
 * @param kind an `update` keeps what every layer read, for the way back; for the `loss` alone each block
 * writes over the arrays of the one before it
 */
export function placePass(config: MlpDenoiserConfig, kind: PassKind, rows: number): PassPlaces {
  const { hiddenSize: H, obsSize: O, numLayers } = config;
  const D = outputSize(config);
  const ranges = new Ranges();
  const take = (columns: number) => ranges.take(rows * columns);
  const batch = {
    perRow: take(PER_ROW.length),
    actions: take(D),
    noise: take(D),
    observations: take(O),
    mask: take(D),
  };
  const input = { joined: take(D + 2 * H), sum: take(H) };
  const several = <Place>(count: number, place: () => Place): Place[] => {
    const first = place();
    return Array.from({ length: count }, (_, i) => (i === 0 || kind === 'loss' ? first : place()));
  };
  const blocks = several(numLayers, () => ({
    stats: take(2),
    normed: take(H),
    sum: take(4 * H),
    act: take(4 * H),
    dSum: take(4 * H),
    dNormed: take(H),
  }));
  const hidden = () => several(numLayers + 1, () => take(H));
  const between = { h: hidden(), dh: hidden(), dF: take(D), dObservation: take(H) };
  const numLossParts = productGrid(rows, D).reduce((x, y) => x * y);
  const numLayerParts = denseLayers(config).reduce((sum, layer) => sum + layerTiles(layer), 0);
  const numNormParts = numLayerParts + numLayers * Math.ceil(H / NORM_COLUMNS);
  const lossParts = ranges.take(numLossParts);
  const normParts = ranges.take(numNormParts);
  const parts = { lossParts, numLossParts, normParts, numLayerParts, numNormParts };
  return { ...batch, ...input, blocks, ...between, ...parts, size: ranges.end };
}
