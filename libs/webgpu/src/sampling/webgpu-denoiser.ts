/** One model version on one device. Knows nothing of programs. */

import { checkParameters, DdimError, DeviceLostError, BackendError, encodeObservations, ModelLoadError } from '#ddim';
import {
  runSelfTest,
  timedCalls,
  type LoadedDenoiser,
  type LoadTerms,
  type MacroStep,
  type MlpModelSource,
} from '#engine';
import type { GpuDevice } from '../runtime/device.js';
import { CallLayout } from './call-layout.js';
import { GpuMemory } from './gpu-memory.js';
import { networkShape, packNetwork, type NetworkShape } from './network-shape.js';
import { PathChoice } from './path-choice.js';
import { openPaths, type Path } from './paths.js';

interface LoadOptions {
  readonly model: MlpModelSource;
  readonly mostSteps: number;
  readonly onDispose: () => void;
  readonly terms?: LoadTerms | undefined;
}

/** Weights and states on the device; conditions and the tables of a call come from the host. */
export class WebGpuDenoiser implements LoadedDenoiser {
  readonly drawsNoise = true;
  batchInvariant = false;
  private choice: PathChoice | undefined;
  /** Words of the last call; grows. */
  private words = new ArrayBuffer(0);
  /** Whose states the device holds, and where their tables lie. */
  private held: { readonly x: Float32Array; readonly key: string } | undefined;

  private constructor(
    private readonly device: GpuDevice,
    private readonly memory: GpuMemory,
    private readonly shape: NetworkShape,
    private readonly model: MlpModelSource,
    private readonly onDispose: () => void,
  ) {}

  /** Checks, compiles, measures and runs the self-test. @throws ModelLoadError, DeviceLostError */
  static async load(device: GpuDevice, options: LoadOptions): Promise<WebGpuDenoiser> {
    const { model, mostSteps, onDispose, terms } = options;
    let memory: GpuMemory | undefined;
    try {
      checkParameters(model.config, model.parameters);
      const shape = networkShape(model.config);
      const packed = packNetwork(model.config, model.parameters, shape);
      if (!packed.every(Number.isFinite)) throw new ModelLoadError('a parameter holds a number that is not finite');
      memory = await GpuMemory.open(device, shape, { packed, mostSteps });
      const denoiser = new WebGpuDenoiser(device, memory, shape, model, onDispose);
      await denoiser.prepare(await openPaths(device, memory, shape), terms);
      return denoiser;
    } catch (error) {
      memory?.release();
      throw asLoadError(error, `${model.version} does not load on ${device.name}`);
    }
  }

  /** In float64 on the host, to which conditions belong. */
  encodeObservations(observations: Float32Array, conditions: Float32Array, count: number): Promise<void> {
    const { config, parameters } = this.model;
    const { obsSize, hiddenSize } = config;
    if (obsSize > 0) {
      conditions.set(encodeObservations(config, parameters, observations.subarray(0, count * obsSize)));
      return Promise.resolve();
    }
    const condition = encodeObservations(config, parameters, null);
    for (let row = 0; row < count; row++) conditions.set(condition, row * hiddenSize);
    return Promise.resolve();
  }

  /** Those that give the same bytes here. */
  get paths(): readonly Path[] {
    return this.choice?.paths ?? [];
  }

  async advance(macroStep: MacroStep): Promise<void> {
    await this.runOn(undefined, macroStep);
  }

  /** LoadedDenoiser.advance on a path; undefined: the one that was found to be the fastest. */
  async runOn(given: Path | undefined, macroStep: MacroStep): Promise<void> {
    const layout = new CallLayout(macroStep, this.shape);
    const path = given ?? this.choice?.pathFor(layout.lanes);
    if (!path) throw new TypeError('no path was measured yet');
    const { held } = this;
    const continues = macroStep.continues === true && held?.x === macroStep.x && held.key === layout.key;
    this.held = undefined;
    const { numRows, stepsPerCall: steps, x, x0 } = macroStep;
    const { words, lanesPadded: lanes } = layout;
    const buffers = await this.memory.reserve({ words, rows: numRows, lanes });
    const result = x0 ? new Float32Array(x.length + x0.length) : x;
    await this.device.run({
      label: `${steps} steps of ${numRows} rows, ${path.name}`,
      uploads: [{ buffer: buffers.call, data: this.write(layout, continues) }],
      dispatches: path.dispatches(buffers, { lanes: layout.lanes, steps }),
      download: { buffer: buffers.state, data: result },
    });
    if (x0) {
      x.set(result.subarray(0, x.length));
      x0.set(result.subarray(x.length));
    }
    this.held = { x, key: layout.key };
  }

  dispose(): Promise<void> {
    this.memory.release();
    this.onDispose();
    return Promise.resolve();
  }

  private async prepare(paths: readonly Path[], terms: LoadTerms | undefined): Promise<void> {
    const { model } = this;
    this.choice = await PathChoice.measure(paths, model.config, (path, macroStep) => this.runOn(path, macroStep));
    const subject = terms ? timedCalls(this, terms.timer) : this;
    this.batchInvariant = terms?.batchInvariant ?? (await runSelfTest(subject, model));
  }

  private write(layout: CallLayout, continues: boolean): Uint32Array {
    const bytes = Uint32Array.BYTES_PER_ELEMENT * layout.words;
    if (this.words.byteLength < bytes) this.words = new ArrayBuffer(bytes);
    layout.write(this.words, continues);
    return new Uint32Array(this.words, 0, continues ? layout.stepWords : layout.words);
  }
}

function asLoadError(error: unknown, what: string): unknown {
  const isOurs = error instanceof DdimError && !(error instanceof BackendError);
  if (error instanceof DeviceLostError || error instanceof ModelLoadError) return error;
  if (isOurs && error.code !== 'shape_mismatch') return error;
  return new ModelLoadError(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
