import type { Scalar, Tensor, Tensor2D, Variable } from '@tensorflow/tfjs';
import {
  outputSize,
  parameterShapes,
  timeEmbedding,
  type DenoiserParameters,
  LOSS_WEIGHTS,
  targetWeights,
} from '#ddim';
import type { LoadedTrainer, OptimiserStep, TrainBatch, TrainSetup, TrainState, TrainStepResult } from '#training';
import { MlpNetwork, take } from './mlp-network.js';
import type { TensorFlowJs } from './tensorflow.js';

const CLIP_EPSILON = 1e-6;

/** One optimiser state per parameter, kept on the device; see TrainState for the moments. */
interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly weight: Variable;
  readonly moment1: Variable;
  readonly moment2: Variable;
  readonly ema: Variable;
}

/** Trains one denoiser with TensorFlow.js' own derivatives. */
export class TfjsTrainer implements LoadedTrainer {
  private readonly network: MlpNetwork;
  /** Without obs_embed of an unconditional model, which nothing reads. */
  private readonly parameters: readonly Parameter[];
  /** [T,H]. */
  private readonly embedding: Tensor2D;

  constructor(
    private readonly tf: TensorFlowJs,
    private readonly setup: TrainSetup,
    private readonly onDispose: () => void,
  ) {
    const { config, state } = setup;
    this.network = new MlpNetwork(tf, config);
    this.parameters = parameterShapes(config)
      .filter(({ name }) => config.obsSize > 0 || !name.startsWith('obs_embed.'))
      .map(({ name, shape }) => {
        const variable = (part: DenoiserParameters) =>
          tf.tidy(() => tf.variable(tf.tensor(Float32Array.from(part.get(name) ?? []), [...shape]), true));
        const { parameters, firstMoments, secondMoments, ema } = state;
        return {
          name,
          shape,
          weight: variable(parameters),
          moment1: variable(firstMoments),
          moment2: variable(secondMoments),
          ema: variable(ema),
        };
      });
    const { numTrainTimesteps: T, hiddenSize: H } = config;
    const embeddings = Array.from({ length: T }, (_, timestep) => [...timeEmbedding(timestep, T, H)]);
    this.embedding = tf.tensor2d(embeddings, [T, H]);
  }

  async trainStep(batch: TrainBatch): Promise<TrainStepResult> {
    const { tf } = this;
    const { loss, gradients, norm } = this.differentiate(batch);
    try {
      const [lossValue, normValue] = await Promise.all([scalar(loss), scalar(norm)]);
      const applied = Number.isFinite(lossValue) && Number.isFinite(normValue);
      if (applied) this.update(batch.optimiser, gradients, normValue);
      return { loss: lossValue, gradNorm: normValue, applied };
    } finally {
      tf.dispose([loss, norm, ...gradients.values()]);
    }
  }

  /** Gradients of the loss by parameter name, before clipping; nothing changes. */
  async gradients(batch: TrainBatch): Promise<{ loss: number; gradients: DenoiserParameters }> {
    const { loss, gradients, norm } = this.differentiate(batch);
    try {
      return { loss: await scalar(loss), gradients: await readAll(gradients) };
    } finally {
      this.tf.dispose([loss, norm, ...gradients.values()]);
    }
  }

  async evaluate(batch: TrainBatch): Promise<number> {
    const weights = new Map(this.parameters.map(({ name, ema }) => [name, ema]));
    const loss = this.tf.tidy(() => this.loss(weights, batch));
    try {
      return await scalar(loss);
    } finally {
      loss.dispose();
    }
  }

  async readAverage(): Promise<DenoiserParameters> {
    return this.read(this.setup.state.ema, ({ ema }) => ema);
  }

  async readState(): Promise<TrainState> {
    const { state } = this.setup;
    return {
      parameters: await this.read(state.parameters, ({ weight }) => weight),
      firstMoments: await this.read(state.firstMoments, ({ moment1 }) => moment1),
      secondMoments: await this.read(state.secondMoments, ({ moment2 }) => moment2),
      ema: await this.readAverage(),
    };
  }

  private async read(initial: DenoiserParameters, of: (parameter: Parameter) => Tensor): Promise<DenoiserParameters> {
    const trained = await readAll(new Map(this.parameters.map((parameter) => [parameter.name, of(parameter)])));
    return new Map(Array.from(initial, ([name, values]) => [name, trained.get(name) ?? values.slice()]));
  }

  async dispose(): Promise<void> {
    this.tf.dispose(this.embedding);
    for (const { weight, moment1, moment2, ema } of this.parameters) this.tf.dispose([weight, moment1, moment2, ema]);
    this.onDispose();
  }

  private differentiate(batch: TrainBatch): { loss: Scalar; norm: Scalar; gradients: ReadonlyMap<string, Tensor> } {
    const { tf } = this;
    const weights = new Map(this.parameters.map(({ name, weight }) => [name, weight]));
    const variables = this.parameters.map(({ weight }) => weight);
    const { value: loss, grads } = tf.variableGrads(() => this.loss(weights, batch), variables);
    const gradients = new Map(
      this.parameters.map(({ name, weight }) => [name, take(new Map(Object.entries(grads)), weight.name)]),
    );
    const norm: Scalar = tf.tidy(() =>
      tf.sqrt(tf.addN([...gradients.values()].map((gradient) => tf.sum(tf.square(gradient))))),
    );
    return { loss, norm, gradients };
  }

  /** Mean over the elements that count of weight (F - target)². */
  private loss(weights: ReadonlyMap<string, Tensor>, batch: TrainBatch): Scalar {
    const { tf } = this;
    const { config, lossWeighting } = this.setup;
    const B = batch.numRows;
    const D = outputSize(config);
    const alphaBars = [...batch.alphaBars];
    const actions = tf.tensor2d(batch.actions, [B, D]);
    const noise = tf.tensor2d(batch.noise, [B, D]);
    const x = this.combine(
      actions,
      noise,
      alphaBars.map((alphaBar) => [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)]),
    );
    const target = this.combine(
      actions,
      noise,
      alphaBars.map((alphaBar) => targetWeights(config, alphaBar)),
    );
    const time = tf.gather(this.embedding, tf.tensor1d(batch.timesteps, 'int32'));
    const input = tf.concat([x, time, this.condition(weights, batch)], 1);
    const kernel = take(weights, 'denoiser_in.kernel').as2D(D + 2 * config.hiddenSize, config.hiddenSize);
    const sum: Tensor2D = tf.add(tf.matMul(input, kernel), take(weights, 'denoiser_in.bias'));
    let errors: Tensor2D = tf.squaredDifference(this.network.output(weights, sum), target);
    const weightOf = LOSS_WEIGHTS[lossWeighting];
    if (weightOf) {
      const factors = alphaBars.map((alphaBar) => weightOf(config.predictionType, alphaBar));
      errors = tf.mul(errors, tf.tensor2d(factors, [B, 1]));
    }
    if (batch.lossMask === undefined) return tf.mean(errors);
    const mask = tf.tensor2d(batch.lossMask, [B, D]);
    return tf.div(tf.sum(tf.mul(errors, mask)), tf.sum(mask));
  }

  /** Two factors per row: first · actions + second · noise. */
  private combine(actions: Tensor2D, noise: Tensor2D, factors: ReadonlyArray<readonly number[]>): Tensor2D {
    const { tf } = this;
    const [first, second] = tf.split(tf.tensor2d(factors.flat(), [factors.length, 2]), 2, 1);
    return tf.add(tf.mul(actions, first), tf.mul(noise, second));
  }

  /** o [B,H], 0 where the condition is dropped or there is none. */
  private condition(weights: ReadonlyMap<string, Tensor>, batch: TrainBatch): Tensor2D {
    const { tf } = this;
    const { obsSize, hiddenSize } = this.setup.config;
    const B = batch.numRows;
    if (obsSize === 0) return tf.zeros([B, hiddenSize]);
    const o = this.network.embed(weights, tf.tensor2d(batch.observations, [B, obsSize]));
    return tf.mul(o, tf.tensor2d(batch.conditionKeep, [B, 1]));
  }

  /** AdamW with bias correction, then the weight average; decay on kernels only. */
  private update(step: OptimiserStep, gradients: ReadonlyMap<string, Tensor>, norm: number): void {
    const { tf } = this;
    const [beta1, beta2] = this.setup.adamBetas;
    const clip = step.gradClipNorm === 0 ? 1 : Math.min(1, step.gradClipNorm / (norm + CLIP_EPSILON));
    const ofMoment1 = (1 - beta1) / (1 - beta1 ** step.update);
    const ofMoment2 = Math.sqrt((1 - beta2) / (1 - beta2 ** step.update));
    tf.tidy(() => {
      for (const { name, shape, weight, moment1, moment2, ema } of this.parameters) {
        const g = tf.mul(take(gradients, name), clip);
        moment1.assign(tf.add(tf.mul(moment1, beta1), g));
        moment2.assign(tf.add(tf.mul(moment2, beta2), tf.square(g)));
        const deviation = tf.add(tf.mul(tf.sqrt(moment2), ofMoment2), this.setup.adamEpsilon);
        const decay = shape.length > 1 ? 1 - step.learningRate * step.weightDecay : 1;
        const change = tf.mul(tf.div(tf.mul(moment1, ofMoment1), deviation), step.learningRate);
        weight.assign(tf.sub(tf.mul(weight, decay), change));
        ema.assign(tf.add(tf.mul(ema, step.emaDecay), tf.mul(weight, 1 - step.emaDecay)));
      }
    });
  }
}

async function scalar(tensor: Scalar): Promise<number> {
  const [value] = await tensor.data<'float32'>();
  return value ?? Number.NaN;
}

async function readAll(tensors: ReadonlyMap<string, Tensor>): Promise<DenoiserParameters> {
  const values = new Map<string, Float32Array>();
  for (const [name, tensor] of tensors) values.set(name, Float32Array.from(await tensor.data<'float32'>()));
  return values;
}
