/**
 * A macro-step on the device: one upload, one launch, one download. Knows nothing of who asks, and of what a
 * kernel computes.
 */

import { COEFFICIENTS_PER_STEP, DdimError, DeviceLostError, IDLE_ROW, outputSize, type MlpDenoiserConfig } from '#ddim';
import type { DeviceCounters, MacroStep } from '#engine';
import { MAX_GRAPH_LANES } from '../kernels/kernel-interface.js';
import type { CudaContext, DeviceMemory } from '../runtime/cuda-context.js';
import { CallBlock } from './call-block.js';
import { CallGraphs, type GraphSize } from './call-graphs.js';
import type { CallMemory } from './call-memory.js';
import type { CompiledKernel, PrecisionKernels } from './kernel-modules.js';
import { countLanes } from './lanes.js';
import { paddedWidths } from './model-block.js';

/** `rows`: one kernel takes all steps of a tile of lanes; `graph`: every step is spread over the device. */
type Path = 'rows' | 'graph';

/** Lanes of the smallest graph; the others are twice the next smaller. */
const LEAST_GRAPH_LANES = 16;
/** Sizes at which the paths are compared. */
const MEASURED_LANES = [32, 128, MAX_GRAPH_LANES];
/** Enough to be measured, few enough to load fast. */
const MEASURED_STEPS = 4;

/** Counted here. */
export type Counting = { -readonly [Count in keyof DeviceCounters]: number };

/** The last call that succeeded: its tables and its x' lie on the device. */
export interface CallContent {
  readonly calls: object;
  readonly x: Float32Array;
  readonly block: CallBlock;
}

/** What calls run on. */
export interface CallParts {
  readonly context: CudaContext;
  /** Shared by all models of a backend: calls never overlap. */
  readonly memory: CallMemory<CallContent>;
  readonly counters: Counting;
}

/** A model as its calls see it. */
interface CallModel {
  readonly config: MlpDenoiserConfig;
  /** The model's block. */
  readonly weights: DeviceMemory;
  readonly kernels: PrecisionKernels;
}

/** The calls on one model. */
export class ModelCalls {
  /** So many lanes at most run as a graph. */
  private graphLanes = MAX_GRAPH_LANES;
  private readonly graphs: CallGraphs;

  constructor(
    private readonly parts: CallParts,
    private readonly model: CallModel,
  ) {
    this.graphs = new CallGraphs(parts.context, (size, memory) => this.launchSteps(size, memory));
  }

  /** Those that there are for this model: a very wide one fits no tile. */
  get paths(): readonly Path[] {
    return this.model.kernels.rows.length > 0 ? ['graph', 'rows'] : ['graph'];
  }

  /**
   * K steps of B rows; x and x0 are written at the end, or not at all.
   * @throws BackendError, OutOfMemoryError, DeviceLostError
   */
  run(macroStep: MacroStep, path: Path = this.fasterPath(macroStep)): void {
    const { context, memory, counters } = this.parts;
    const block = this.blockOf(macroStep, path);
    const bytes = this.uploadBytes(macroStep, block);
    memory.content = undefined;
    const host = memory.host(block.hostBytes);
    const device = memory.device(block.bytes);
    block.write(host);
    try {
      const launch = this.prepare(macroStep, path, device);
      context.upload(device, host, bytes);
      launch();
      context.download(host, device, block.download);
      context.wait();
    } catch (error) {
      if (!(error instanceof DeviceLostError)) this.settle();
      throw error;
    }
    block.read(host);
    memory.content = { calls: this, x: macroStep.x, block };
    counters.uploads += 1;
    counters.uploadedBytes += bytes;
    counters.downloads += 1;
    counters.downloadedBytes += block.download.bytes;
  }

  /** Finds up to how many lanes a graph is the faster path here. */
  choosePaths(): void {
    if (this.model.kernels.rows.length === 0) return;
    this.graphLanes = 0;
    for (const lanes of MEASURED_LANES)
      if (this.milliseconds(lanes, 'graph') <= this.milliseconds(lanes, 'rows')) this.graphLanes = lanes;
  }

  release(): void {
    this.graphs.release();
  }

  /** Rows that go on where the last call left them find their state and their conditions on the device. */
  private uploadBytes({ continues = false, x }: MacroStep, block: CallBlock): number {
    const { content } = this.parts.memory;
    const isThere = continues && content?.calls === this && content.x === x && block.liesAs(content.block);
    return isThere ? block.changingBytes : block.uploadBytes;
  }

  private fasterPath(macroStep: MacroStep): Path {
    return this.model.kernels.rows.length === 0 || countLanes(macroStep) <= this.graphLanes ? 'graph' : 'rows';
  }

  private blockOf(macroStep: MacroStep, path: Path): CallBlock {
    const lanes = countLanes(macroStep);
    return new CallBlock(this.model.config, macroStep, {
      lanes,
      scratchLanes: path === 'graph' ? graphLanesFor(lanes) : 0,
    });
  }

  /** Makes ready what is launched between upload and download. */
  private prepare(macroStep: MacroStep, path: Path, device: DeviceMemory): () => void {
    const { context, counters } = this.parts;
    const lanes = countLanes(macroStep);
    const steps = macroStep.stepsPerCall;
    counters.submissions += 1;
    counters.dispatches += path === 'graph' ? steps * this.kernelsPerStep : 1;
    if (path === 'rows') {
      const tile = this.tileFor(lanes);
      const grid = [tilesOf(tile, lanes), 1] as const;
      return () => this.launch(tile, { grid, device, step: 0, block: 0 });
    }
    const graph = this.graphs.get({ lanes: graphLanesFor(lanes), steps }, device);
    return () => context.launchGraph(graph);
  }

  /** The smallest tiles that all run at once, since each takes the same time; the largest where none do. */
  private tileFor(lanes: number): CompiledKernel {
    const { rows } = this.model.kernels;
    const { multiprocessors } = this.parts.context.device;
    return rows.findLast((tile) => tilesOf(tile, lanes) <= multiprocessors) ?? rows[0];
  }

  /** in, then up and down of every block, then out. */
  private get kernelsPerStep(): number {
    return 2 * this.model.config.numLayers + 2;
  }

  private launchSteps({ lanes, steps }: GraphSize, device: DeviceMemory): void {
    const { kernels, config } = this.model;
    const { hidden, output } = paddedWidths(config);
    const launch = (compiled: CompiledKernel, columns: number, at: { step: number; block: number }): void => {
      const { kernel } = compiled;
      this.launch(compiled, { grid: [columns / kernel.columns, tilesOf(compiled, lanes)], device, ...at });
    };
    for (let step = 0; step < steps; step++) {
      launch(kernels.in, hidden, { step, block: 0 });
      for (let block = 0; block < config.numLayers; block++) {
        launch(kernels.up, 4 * hidden, { step, block });
        launch(kernels.down, hidden, { step, block });
      }
      launch(kernels.out, output, { step, block: 0 });
    }
  }

  private launch(
    { kernel: { threads }, handle, sharedBytes }: CompiledKernel,
    where: {
      readonly grid: readonly [number, number];
      readonly device: DeviceMemory;
      readonly step: number;
      readonly block: number;
    },
  ): void {
    const { grid, device, step, block } = where;
    const argument = { model: this.model.weights.address, call: device.address, step, block };
    this.parts.context.launch({ kernel: handle, grid, threads, sharedBytes }, argument);
  }

  /** Of the kernels alone, the first call not counted. */
  private milliseconds(lanes: number, path: Path): number {
    const { context, memory } = this.parts;
    const macroStep = idleRows(this.model.config, lanes);
    this.run(macroStep, path);
    const launch = this.prepare(macroStep, path, memory.device(this.blockOf(macroStep, path).bytes));
    return context.measure(launch);
  }

  /** Nothing of a failed call may still be on its way when its memory is used again. */
  private settle(): void {
    try {
      this.parts.context.wait();
    } catch (error) {
      if (!(error instanceof DdimError)) throw error; // the call's own error says it already
    }
  }
}

function tilesOf({ kernel }: CompiledKernel, lanes: number): number {
  return Math.ceil(lanes / kernel.lanes);
}

function graphLanesFor(lanes: number): number {
  let capacity = LEAST_GRAPH_LANES;
  while (capacity < lanes) capacity *= 2;
  return capacity;
}

/** Rows that stay as they are. */
function idleRows(config: MlpDenoiserConfig, numRows: number): MacroStep {
  const D = outputSize(config);
  const coefficients = new Float32Array(MEASURED_STEPS * numRows * COEFFICIENTS_PER_STEP);
  for (let at = 0; at < coefficients.length; at += COEFFICIENTS_PER_STEP) coefficients.set(IDLE_ROW, at);
  return {
    numRows,
    stepsPerCall: MEASURED_STEPS,
    x: new Float32Array(numRows * D),
    conditions: new Float32Array(numRows * config.hiddenSize),
    timesteps: new Int32Array(MEASURED_STEPS * numRows),
    coefficients,
    noise: { z: new Float32Array(MEASURED_STEPS * D), index: new Int32Array(numRows) },
  };
}
