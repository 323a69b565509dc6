import type { Tensor } from 'onnxruntime-node';
import {
  parameterShapes,
  type DenoiserParameters,
  type MlpDenoiserConfig,
  OutOfMemoryError,
  makeWasmMemory,
  type WasmMemory,
} from '#ddim';
import type { OptimiserStep, TrainState } from '#training';
import type { OnnxRuntime } from '../runtime/session.js';
import { gradientOutput, parameterInput } from './training-graph.js';
import { packGroup, unpackGroup, type ParameterGroup } from './training-layout.js';
import {
  compileUpdate,
  STATE_PARTS,
  updateScalars,
  type AdamSettings,
  type StatePart,
  type UpdateKernel,
} from './training-update.js';

const PARTS = [...STATE_PARTS, 'gradient'] as const;
type Part = (typeof PARTS)[number];
type Tensors = Record<string, Tensor>;

/** Numbers between two group starts: a cache line. */
const GROUP_ALIGNMENT = 16;

interface PlacedGroup {
  readonly group: ParameterGroup;
  /** Place of the first number in every part. */
  readonly start: number;
  readonly arrays: Readonly<Record<Part, Float32Array>>;
  readonly tensors: Readonly<Record<Part, Tensor>>;
}

/**
 * Parameters, moments, weight average and gradient of a training run in one memory, which the graph reads and
 * writes and the optimiser updates in place. The tensors are made once.
 */
export class TrainingState {
  private readonly groups: readonly PlacedGroup[];
  private readonly updateRange: UpdateKernel;
  /** Of parameters that the graph never touches (obs_embed of an unconditional model). */
  private readonly initial: TrainState;

  /** @throws OutOfMemoryError */
  constructor(
    runtime: OnnxRuntime,
    private readonly config: MlpDenoiserConfig,
    groups: readonly ParameterGroup[],
    state: TrainState,
    private readonly adam: AdamSettings,
  ) {
    this.initial = state;
    const { starts, size } = place(groups);
    const memory = allocate(size);
    const addressOf = (part: Part) => 4 * size * PARTS.indexOf(part);
    this.groups = groups.map((group, i) => {
      const array = (part: Part) => new Float32Array(memory.buffer, addressOf(part) + 4 * starts[i], group.size);
      const arrays = perPart(array);
      const tensors = perPart((part) => new runtime.Tensor('float32', arrays[part], group.shape));
      return { group, start: starts[i], arrays, tensors };
    });
    for (const { group, arrays } of this.groups)
      for (const part of STATE_PARTS) packGroup(group, partOf(state, part), arrays[part]);
    this.updateRange = compileUpdate(memory, perPart(addressOf), adam.betas);
  }

  /** Feeds of a graph: one part in the place of the parameters. */
  weights(part: StatePart): Tensors {
    return Object.fromEntries(this.groups.map(({ group, tensors }) => [parameterInput(group), tensors[part]]));
  }

  /** Where a graph writes the gradients. */
  gradients(): Tensors {
    return Object.fromEntries(this.groups.map(({ group, tensors }) => [gradientOutput(group), tensors.gradient]));
  }

  /** One optimiser step along the gradients, whose global norm is `gradNorm`. */
  update(step: OptimiserStep, gradNorm: number): void {
    const scalars = updateScalars(step, gradNorm, this.adam);
    for (const { group, start } of this.groups)
      this.updateRange(start, start + aligned(group.size), group.decayed ? scalars : { ...scalars, decay: 1 });
  }

  /** Copies. */
  read(): TrainState {
    return {
      parameters: this.readPart('parameter'),
      firstMoments: this.readPart('moment1'),
      secondMoments: this.readPart('moment2'),
      ema: this.readPart('ema'),
    };
  }

  /** A copy. */
  readPart(part: StatePart): DenoiserParameters {
    const initial = partOf(this.initial, part);
    const parameters = new Map(
      parameterShapes(this.config).map(({ name }) => [name, Float32Array.from(initial.get(name) ?? [])]),
    );
    for (const { group, arrays } of this.groups) unpackGroup(group, arrays[part], parameters);
    return parameters;
  }
}

/** Group after group in every part; `size` numbers to a part. */
function place(groups: readonly ParameterGroup[]): { starts: readonly number[]; size: number } {
  let size = 0;
  const starts = groups.map((group) => (size += aligned(group.size)) - aligned(group.size));
  return { starts, size };
}

function allocate(size: number): WasmMemory {
  const numBytes = 4 * size * PARTS.length;
  try {
    return makeWasmMemory(numBytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OutOfMemoryError(`a training state of ${numBytes} bytes: ${reason}`, { cause: error });
  }
}

function aligned(size: number): number {
  return Math.ceil(size / GROUP_ALIGNMENT) * GROUP_ALIGNMENT;
}

function perPart<Value>(make: (part: Part) => Value): Record<Part, Value> {
  return {
    parameter: make('parameter'),
    moment1: make('moment1'),
    moment2: make('moment2'),
    ema: make('ema'),
    gradient: make('gradient'),
  };
}

function partOf(state: TrainState, part: StatePart): DenoiserParameters {
  const parts = {
    parameter: state.parameters,
    moment1: state.firstMoments,
    moment2: state.secondMoments,
    ema: state.ema,
  };
  return parts[part];
}
