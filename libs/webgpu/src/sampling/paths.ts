/** The ways to compute a macro-step: what is dispatched, in which order. Knows nothing of what they cost. */

import type { Dispatch, GpuDevice } from '../runtime/device.js';
import type { CallBuffers, GpuMemory } from './gpu-memory.js';
import type { NetworkShape } from './network-shape.js';
import { layerColumns, SPREAD, spreadProgram, type Layer } from './spread-program.js';
import { tileProgram } from './tile-program.js';
import { tileSizes, type TileSize } from './tile-size.js';

/** One way to compute any macro-step. */
export interface Path {
  readonly name: string;
  /** @param lanes that compute something */
  dispatches(buffers: CallBuffers, call: { readonly lanes: number; readonly steps: number }): readonly Dispatch[];
}

/** Every way that fits the device: spread out first, then tiles. @throws BackendError from the compiler */
export async function openPaths(device: GpuDevice, memory: GpuMemory, shape: NetworkShape): Promise<readonly Path[]> {
  const paths: Path[] = [await SpreadPath.open(device, memory, shape)];
  for (const size of tileSizes(shape, device.limits)) {
    const name = `tiles of ${size.lanes}`;
    paths.push(new TilePath(device, name, size, await device.pipeline(name, tileProgram(size, shape))));
  }
  return paths;
}

/** All steps in one dispatch. */
class TilePath implements Path {
  private bound: { readonly buffers: CallBuffers; readonly group: GPUBindGroup } | undefined;

  constructor(
    private readonly device: GpuDevice,
    readonly name: string,
    private readonly size: TileSize,
    private readonly pipeline: GPUComputePipeline,
  ) {}

  dispatches(buffers: CallBuffers, { lanes }: { readonly lanes: number }): readonly Dispatch[] {
    if (this.bound?.buffers !== buffers) {
      const { weights, call, state } = buffers;
      this.bound = { buffers, group: this.device.bindGroup(this.pipeline, [weights, call, state]) };
    }
    const workgroups = [Math.ceil(lanes / this.size.lanes)] as const;
    return [{ pipeline: this.pipeline, bindGroup: this.bound.group, workgroups }];
  }
}

/** A dispatch per layer and step. */
class SpreadPath implements Path {
  readonly name = 'layer by layer';
  private groups = new Map<string, GPUBindGroup>();
  private buffers: CallBuffers | undefined;

  private constructor(
    private readonly device: GpuDevice,
    private readonly memory: GpuMemory,
    private readonly shape: NetworkShape,
    private readonly pipelines: Readonly<Record<Layer, GPUComputePipeline>>,
  ) {}

  static async open(device: GpuDevice, memory: GpuMemory, shape: NetworkShape): Promise<SpreadPath> {
    const compile = (layer: Layer) => device.pipeline(layer, spreadProgram(layer, shape, device.limits));
    const pipelines = {
      input: await compile('input'),
      up: await compile('up'),
      down: await compile('down'),
      output: await compile('output'),
    };
    return new SpreadPath(device, memory, shape, pipelines);
  }

  dispatches(
    buffers: CallBuffers,
    { lanes, steps }: { readonly lanes: number; readonly steps: number },
  ): readonly Dispatch[] {
    if (this.buffers !== buffers) this.groups = new Map();
    this.buffers = buffers;
    const tiles = Math.ceil(lanes / SPREAD.lanes);
    const dispatch = (layer: Layer, place: number): Dispatch => ({
      pipeline: this.pipelines[layer],
      bindGroup: this.group(buffers, layer, place),
      workgroups: [layerColumns(layer, this.shape) / SPREAD.columns, tiles],
    });
    const dispatches: Dispatch[] = [];
    for (let step = 0; step < steps; step++) {
      dispatches.push(dispatch('input', step));
      for (let block = 0; block < this.shape.numLayers; block++)
        dispatches.push(dispatch('up', block), dispatch('down', block));
      dispatches.push(dispatch('output', step));
    }
    return dispatches;
  }

  private group({ weights, call, state, hidden }: CallBuffers, layer: Layer, place: number): GPUBindGroup {
    const key = `${layer} ${place}`;
    const known = this.groups.get(key);
    if (known) return known;
    const resources = [weights, call, state, hidden, this.memory.place(place)];
    const group = this.device.bindGroup(this.pipelines[layer], resources);
    this.groups.set(key, group);
    return group;
  }
}
