import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import {
  COEFFICIENTS_PER_STEP,
  checkParameters,
  encodeObservations,
  outputSize,
  parameterShapes,
  timeTable,
  BackendError,
  DdimError,
  ModelLoadError,
} from '#ddim';
import {
  type LoadedDenoiser,
  type LoadTerms,
  type MacroStep,
  type MlpModelSource,
  runSelfTest,
  timedCalls,
} from '#engine';
import { MlpNetwork, take } from './mlp-network.js';
import type { TensorFlowJs } from './tensorflow.js';

/**
 * What a model keeps on the device: its parameters, the parts of the first layer, and the time part of every
 * timestep [T,H].
 */
interface Kept {
  readonly weights: ReadonlyMap<string, Tensor>;
  /** Rows of denoiser_in.kernel that see x [D,H] and o [H,H]; its bias [H]. */
  readonly kernelX: Tensor2D;
  readonly kernelO: Tensor2D;
  readonly times: Tensor2D;
}

/** One macro-step's tables on the device. */
interface Tables {
  readonly conditions: Tensor2D;
  readonly timesteps: Tensor2D;
  readonly coefficients: Tensor3D;
  readonly z: Tensor3D;
  readonly noiseIndex: Tensor1D;
}

/**
 * One model version on TensorFlow.js. All steps of a call run in one tidy: the kept tensors are the only ones
 * that stay.
 */
export class TfjsDenoiser implements LoadedDenoiser {
  batchInvariant = false;
  private readonly network: MlpNetwork;
  private readonly kept: Kept;

  private constructor(
    private readonly tf: TensorFlowJs,
    private readonly model: MlpModelSource,
    private readonly onDispose: () => void,
  ) {
    this.network = new MlpNetwork(tf, model.config);
    this.kept = keep(tf, model);
  }

  /** Uploads the parameters and runs the self-test. @throws ModelLoadError, or InputError naming a tensor */
  static async load(
    tf: TensorFlowJs,
    model: MlpModelSource,
    { onDispose, terms }: { readonly onDispose: () => void; readonly terms?: LoadTerms | undefined },
  ): Promise<TfjsDenoiser> {
    checkParameters(model.config, model.parameters);
    const denoiser = new TfjsDenoiser(tf, model, onDispose);
    try {
      const subject = terms ? timedCalls(denoiser, terms.timer) : denoiser;
      denoiser.batchInvariant = terms?.batchInvariant ?? (await runSelfTest(subject, model));
      return denoiser;
    } catch (cause) {
      denoiser.release();
      if (cause instanceof DdimError && !(cause instanceof BackendError)) throw cause;
      throw new ModelLoadError(`${model.version} does not load on TensorFlow.js: ${String(cause)}`, { cause });
    }
  }

  async encodeObservations(observations: Float32Array, conditions: Float32Array, count: number): Promise<void> {
    const { config, parameters } = this.model;
    if (config.obsSize === 0) {
      const condition = encodeObservations(config, parameters, null);
      for (let row = 0; row < count; row++) conditions.set(condition, row * config.hiddenSize);
      return;
    }
    const { weights, kernelO } = this.kept;
    await this.readInto([conditions], () => {
      const input = this.tf.tensor2d(observations, [count, config.obsSize]);
      const o = this.network.embed(weights, input);
      return [this.tf.add(this.tf.matMul(o, kernelO), take(weights, 'denoiser_in.bias'))];
    });
  }

  async advance(macroStep: MacroStep): Promise<void> {
    const targets = macroStep.x0 ? [macroStep.x, macroStep.x0] : [macroStep.x];
    await this.readInto(targets, () => {
      const { tf } = this;
      const tables = this.upload(macroStep);
      let x: Tensor2D = tf.tensor2d(macroStep.x, [macroStep.numRows, outputSize(this.model.config)]);
      let x0 = x;
      for (let k = 0; k < macroStep.stepsPerCall; k++)
        [x, x0] = tf.tidy((): [Tensor2D, Tensor2D] => this.step(macroStep, tables, x, k));
      return [x, x0].slice(0, targets.length);
    });
  }

  async dispose(): Promise<void> {
    this.release();
    this.onDispose();
  }

  /** x0 = min(max(a x + b F, lo), hi); x' = ((c x0 + d F) + e x) + s z, with the columns of the rows. */
  private step(macroStep: MacroStep, tables: Tables, x: Tensor2D, k: number): [Tensor2D, Tensor2D] {
    const { tf } = this;
    const [a, b, c, d, e, s, lo, hi] = tf.split(entry(tf, tables.coefficients, k), COEFFICIENTS_PER_STEP, 1);
    const F = this.predict(macroStep, tables, x, k);
    const x0: Tensor2D = tf.minimum(tf.maximum(tf.add(tf.mul(a, x), tf.mul(b, F)), lo), hi);
    const z = tf.gather(entry(tf, tables.z, k), tables.noiseIndex);
    const drift = tf.add(tf.add(tf.mul(c, x0), tf.mul(d, F)), tf.mul(e, x));
    const next: Tensor2D = tf.add(drift, tf.mul(s, z));
    return [this.fix(macroStep, this.pull(macroStep, next, x0, k), k), x0];
  }

  /** F [B,D]; guided rows see the network twice: F = F_null + w (F_cond - F_null). */
  private predict({ guidance }: MacroStep, tables: Tables, x: Tensor2D, k: number): Tensor2D {
    const { tf } = this;
    const { weights, kernelX, times } = this.kept;
    const steps = tf.gather(tables.timesteps, k).as1D().toInt();
    const source = guidance && tf.tensor1d(guidance.source, 'int32');
    const input: Tensor2D = source ? tf.gather(x, source) : x;
    const time = tf.gather(times, source ? tf.gather(steps, source) : steps);
    const sum: Tensor2D = tf.add(tf.add(tf.matMul(input, kernelX), time), tables.conditions);
    const F = this.network.output(weights, sum);
    if (!guidance) return F;
    const nullF = tf.gather(F, tf.tensor1d(guidance.nullIndex, 'int32'));
    const condF = tf.gather(F, tf.tensor1d(guidance.condIndex, 'int32'));
    const scale = tf.tensor2d(guidance.scale, [guidance.scale.length, 1]);
    return tf.add(nullF, tf.mul(tf.sub(condF, nullF), scale));
  }

  /** Rows with a plan under way move towards it: x' + ((y - x0) w) p. */
  private pull({ realTimeChunking: chunk, numRows }: MacroStep, x: Tensor2D, x0: Tensor2D, k: number): Tensor2D {
    if (!chunk) return x;
    const { tf } = this;
    const D = x.shape[1];
    const [weights, y] = [chunk.weights, chunk.y].map((values) =>
      tf.gather(tf.tensor2d(values, [values.length / D, D]), tf.tensor1d(chunk.index, 'int32')),
    );
    const pull = tf.tensor2d(chunk.pull.slice(k * numRows, (k + 1) * numRows), [numRows, 1]);
    return tf.add(x, tf.mul(tf.mul(tf.sub(y, x0), weights), pull));
  }

  /** Known elements return to their path: x' keep + √ā y + √(1-ā) z0. */
  private fix({ fixedActions, stepsPerCall, numRows }: MacroStep, x: Tensor2D, k: number): Tensor2D {
    if (!fixedActions) return x;
    const { tf } = this;
    const index = tf.tensor1d(fixedActions.index, 'int32');
    const D = x.shape[1];
    const [keepRows, y, z0] = [fixedActions.keep, fixedActions.y, fixedActions.z0].map((values) =>
      tf.gather(tf.tensor2d(values, [values.length / D, D]), index),
    );
    const levels = tf.tensor3d(fixedActions.levels, [stepsPerCall, numRows, 2]);
    const [signal, noise] = tf.split(entry(tf, levels, k), 2, 1);
    return tf.add(tf.add(tf.mul(x, keepRows), tf.mul(signal, y)), tf.mul(noise, z0));
  }

  private upload(macroStep: MacroStep): Tables {
    const { tf } = this;
    const { numRows: B, stepsPerCall: K, conditions, timesteps, coefficients, noise } = macroStep;
    const D = outputSize(this.model.config);
    const H = this.model.config.hiddenSize;
    const R = macroStep.guidance?.source.length ?? B;
    return {
      conditions: tf.tensor2d(conditions.subarray(0, R * H), [R, H]),
      timesteps: tf.tensor2d(timesteps, [K, B], 'int32'),
      coefficients: tf.tensor3d(coefficients, [K, B, COEFFICIENTS_PER_STEP]),
      z: tf.tensor3d(noise.z, [K, noise.z.length / (K * D), D]),
      noiseIndex: tf.tensor1d(noise.index, 'int32'),
    };
  }

  /** Runs and reads back; the results are the only tensors that outlive the tidy, and they go in any case. */
  private async readInto(targets: readonly Float32Array[], compute: () => Tensor[]): Promise<void> {
    let results: Tensor[] = [];
    try {
      results = this.tf.tidy(compute);
      const values = await Promise.all(results.map((result) => result.data()));
      for (const [i, target] of targets.entries()) target.set(values[i] ?? []);
    } catch (cause) {
      throw new BackendError(`TensorFlow.js failed on ${this.model.version}: ${String(cause)}`, { cause });
    } finally {
      this.tf.dispose(results);
    }
  }

  private keptTensors(): Tensor[] {
    const { weights, kernelX, kernelO, times } = this.kept;
    return [...weights.values(), kernelX, kernelO, times];
  }

  private release(): void {
    this.tf.dispose(this.keptTensors());
  }
}

/** Entry k of the first axis of [K,B,n]: [B,n]. */
function entry(tf: TensorFlowJs, table: Tensor3D, k: number): Tensor2D {
  const [, B, n] = table.shape;
  return tf.slice(table, [k, 0, 0], [1, B, n]).as2D(B, n);
}

function keep(tf: TensorFlowJs, { config, parameters }: MlpModelSource): Kept {
  const { hiddenSize: H, numTrainTimesteps } = config;
  const D = outputSize(config);
  const weights = new Map<string, Tensor>();
  for (const { name, shape } of parameterShapes(config)) {
    const values = parameters.get(name);
    const isHoisted = name === 'denoiser_in.kernel';
    if (values && values.length > 0 && !isHoisted) weights.set(name, tf.tensor(unshared(values), [...shape]));
  }
  const first = unshared(parameters.get('denoiser_in.kernel') ?? new Float32Array(0));
  return {
    weights,
    kernelX: tf.tensor2d(first.subarray(0, D * H), [D, H]),
    kernelO: tf.tensor2d(first.subarray((D + H) * H), [H, H]),
    times: tf.tensor2d(timeTable(config, parameters), [numTrainTimesteps, H]),
  };
}

/** TensorFlow.js keeps a reference to what it is given; parameters are shared between threads. */
function unshared(values: Float32Array): Float32Array {
  return Float32Array.from(values);
}
