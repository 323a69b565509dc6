import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { MlpDenoiserConfig } from '#ddim';
import type { TensorFlowJs } from './tensorflow.js';

const LAYER_NORM_EPSILON = 1e-5;

/** The parameters of the denoiser as tensors, by name; kernels [in,out]. */
type Weights = ReadonlyMap<string, Tensor>;

/** The MlpDenoiser in TensorFlow.js operations, differentiable in its weights. */
export class MlpNetwork {
  constructor(
    private readonly tf: TensorFlowJs,
    private readonly config: Pick<MlpDenoiserConfig, 'numLayers'>,
  ) {}

  /** o = obs_embed(observations): [N,obsSize] to [N,H]. */
  embed(weights: Weights, observations: Tensor2D): Tensor2D {
    return this.dense(weights, 'obs_embed', observations);
  }

  /**
   * F [R,D] from the first layer's sum [R,H]: h = SiLU(sum); h += down(SiLU(up(LN(h)))) per block; F =
   * noise_out(h).
   */
  output(weights: Weights, sum: Tensor2D): Tensor2D {
    let h = this.silu(sum);
    for (let i = 1; i <= this.config.numLayers; i++) {
      const block = `denoiser_block_${i}`;
      const up = this.silu(this.dense(weights, `${block}_up`, this.layerNorm(weights, `${block}_norm`, h)));
      h = this.tf.add(h, this.dense(weights, `${block}_down`, up));
    }
    return this.dense(weights, 'noise_out', h);
  }

  private dense(weights: Weights, layer: string, input: Tensor2D): Tensor2D {
    const kernel = take(weights, `${layer}.kernel`).as2D(input.shape[1], -1);
    return this.tf.add(this.tf.matMul(input, kernel), take(weights, `${layer}.bias`));
  }

  private silu(input: Tensor2D): Tensor2D {
    return this.tf.mul(input, this.tf.sigmoid(input));
  }

  /** With the biased variance over H. */
  private layerNorm(weights: Weights, layer: string, input: Tensor2D): Tensor2D {
    const { tf } = this;
    const centred = tf.sub(input, tf.mean(input, 1, true));
    const variance = tf.mean(tf.square(centred), 1, true);
    const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, LAYER_NORM_EPSILON)));
    return tf.add(tf.mul(normal, take(weights, `${layer}.gamma`)), take(weights, `${layer}.beta`));
  }
}

/** @throws TypeError for a name that parameterShapes does not know: a fault of ours */
export function take(weights: Weights, name: string): Tensor {
  const tensor = weights.get(name);
  if (tensor === undefined) throw new TypeError(`there is no tensor ${name}`);
  return tensor;
}
