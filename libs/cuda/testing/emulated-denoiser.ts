/** A model on the emulated kernels, as an engine would call it. Knows nothing of how they are emulated. */

import { encodeObservations } from '#ddim';
import type { LoadedDenoiser, MacroStep, MlpModelSource } from '#engine';
import { KERNELS, type Kernel, type KernelPrecision } from '../src/kernels/kernel-interface.js';
import { CallBlock } from '../src/sampling/call-block.js';
import { modelBlock, paddedWidths } from '../src/sampling/model-block.js';
import type { EmulatedLaunch, Emulator } from './emulator.js';

/** Lanes of the row-tile kernel that takes all steps, or small kernels, one after the other. */
export type EmulatedPath = 64 | 32 | 16 | 'graph';

/** How a model is run. */
export interface EmulatedWay {
  readonly precision: KernelPrecision;
  readonly path: EmulatedPath;
  /** See Emulator.run. */
  readonly backwards?: boolean;
}

/** Lanes of one tile of the small kernels. */
const GRAPH_TILE = 16;

export class EmulatedDenoiser implements Pick<LoadedDenoiser, 'advance' | 'encodeObservations'> {
  private readonly weights: Uint32Array;

  constructor(
    private readonly emulator: Emulator,
    private readonly model: MlpModelSource,
    private readonly way: EmulatedWay,
  ) {
    this.weights = modelBlock(model.config, model.parameters, way.precision);
  }

  encodeObservations(observations: Float32Array, conditions: Float32Array): Promise<void> {
    conditions.set(encodeObservations(this.model.config, this.model.parameters, observations));
    return Promise.resolve();
  }

  advance(macroStep: MacroStep): Promise<void> {
    const lanes = macroStep.guidance?.source.length ?? macroStep.numRows;
    const scratchLanes = Math.ceil(lanes / GRAPH_TILE) * GRAPH_TILE;
    const block = new CallBlock(this.model.config, macroStep, { lanes, scratchLanes });
    const before = new Uint32Array(block.bytes / 4).fill(0xffffffff); // NaN
    block.write({ floats: new Float32Array(before.buffer), integers: new Int32Array(before.buffer) });
    const after = this.emulator.run(
      this.weights,
      before,
      this.launches(lanes, macroStep.stepsPerCall),
      this.way.backwards,
    );
    block.read({ floats: new Float32Array(after.buffer), integers: new Int32Array(after.buffer) });
    return Promise.resolve();
  }

  private launches(lanes: number, steps: number): readonly EmulatedLaunch[] {
    const { rows, ...small } = KERNELS[this.way.precision];
    const { hidden, output } = paddedWidths(this.model.config);
    const launch = (kernel: Kernel, columns: number, step = 0, block = 0): EmulatedLaunch => ({
      name: kernel.name,
      columns,
      tiles: Math.ceil(lanes / kernel.lanes),
      threads: kernel.threads,
      sharedBytes: kernel.sharedBytes({ hidden, output }),
      step,
      block,
    });
    const tile = rows.find((kernel) => kernel.lanes === this.way.path);
    if (tile) return [{ ...launch(tile, Math.ceil(lanes / tile.lanes)), tiles: 1 }];
    return Array.from({ length: steps }, (_step, step) => [
      launch(small.in, hidden / small.in.columns, step),
      ...Array.from({ length: this.model.config.numLayers }, (_block, block) => [
        launch(small.up, (4 * hidden) / small.up.columns, step, block),
        launch(small.down, hidden / small.down.columns, step, block),
      ]).flat(),
      launch(small.out, output / small.out.columns, step),
    ]).flat();
  }
}
