import type { Tensor } from 'onnxruntime-node';
import { parameterShapes, type DenoiserParameters, type MlpDenoiserConfig } from '../denoiser.js';
import type { TrainState } from '../training/train-backend.js';
import type { OnnxRuntime } from './session.js';
import { stateInput, stateOutput } from './training-graph.js';
import { packGroup, unpackGroup, type ParameterGroup } from './training-layout.js';
import { STATE_PARTS, type StatePart } from './training-update.js';

type Half = ReadonlyMap<ParameterGroup, Readonly<Record<StatePart, Tensor>>>;
type Tensors = Record<string, Tensor>;

/**
 * Parameters, moments and weight average in two halves: an update reads one and writes the other, which becomes the state only when
 * it is `accept`ed. The tensors are made once.
 */
export class TrainingState {
  private current: Half;
  private spare: Half;
  /** Of parameters that the graph never touches (obs_embed of an unconditional model). */
  private readonly initial: TrainState;

  constructor(
    runtime: OnnxRuntime,
    private readonly config: MlpDenoiserConfig,
    groups: readonly ParameterGroup[],
    state: TrainState,
  ) {
    this.initial = state;
    this.current = makeHalf(runtime, groups);
    this.spare = makeHalf(runtime, groups);
    for (const [group, tensors] of this.current)
      for (const part of STATE_PARTS) packGroup(group, partOf(state, part), float32(tensors[part]));
  }

  /** Feeds of an update. */
  inputs(): Tensors {
    return named(this.current, stateInput);
  }

  /** Where an update writes. */
  outputs(): Tensors {
    return named(this.spare, stateOutput);
  }

  /** Feeds of a loss graph: one part in the place of the parameters. */
  weights(part: StatePart): Tensors {
    return Object.fromEntries(
      Array.from(this.current, ([group, tensors]) => [stateInput(group, 'parameter'), tensors[part]]),
    );
  }

  /** What the last update wrote is the state from now on. */
  accept(): void {
    [this.current, this.spare] = [this.spare, this.current];
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

  private readPart(part: StatePart): DenoiserParameters {
    const initial = partOf(this.initial, part);
    const parameters = new Map(
      parameterShapes(this.config).map(({ name }) => [name, Float32Array.from(initial.get(name) ?? [])]),
    );
    for (const [group, tensors] of this.current) unpackGroup(group, float32(tensors[part]), parameters);
    return parameters;
  }
}

function makeHalf(runtime: OnnxRuntime, groups: readonly ParameterGroup[]): Half {
  return new Map(
    groups.map((group) => {
      const tensor = () => new runtime.Tensor('float32', new Float32Array(group.size), group.shape);
      return [group, { parameter: tensor(), moment1: tensor(), moment2: tensor(), ema: tensor() }];
    }),
  );
}

function named(half: Half, name: (group: ParameterGroup, part: StatePart) => string): Tensors {
  const tensors: Tensors = {};
  for (const [group, parts] of half) for (const part of STATE_PARTS) tensors[name(group, part)] = parts[part];
  return tensors;
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

/** The numbers of a tensor that was made of a Float32Array. */
function float32(tensor: Tensor): Float32Array {
  if (tensor.data instanceof Float32Array) return tensor.data;
  throw new TypeError(`expected float32, got ${tensor.type}`);
}
