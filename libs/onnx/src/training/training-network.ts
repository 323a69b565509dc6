import { outputSize, type MlpDenoiserConfig } from '#ddim';
import type { GraphBuilder, Value } from '../graph/graph-builder.js';

/** LayerNorm epsilon of the network (the golden values of Edifice pin it). */
const NORM_EPSILON = 1e-5;

/**
 * What the network of a train batch reads: x [B,D], time [B,H] (embedding), and unless it is unconditional
 * observations [B,obsSize], keep [B,1].
 */
interface NetworkInputs {
  readonly x: Value;
  readonly time: Value;
  readonly observations: Value | undefined;
  readonly keep: Value | undefined;
  /** [B], all 1. */
  readonly rowOnes: Value;
}

/** An intermediate result and the way back: from its gradient to that of the layer's input. */
interface Layer {
  readonly y: Value;
  backward(dy: Value): Value;
}

/**
 * The denoiser of a train batch with its hand-written backward pass: o = keep · obs_embed(observations), h =
 * SiLU(denoiser_in([x|time|o])), per block h = h + down(SiLU(up(LN(h)))), F = noise_out(h). `backward` writes
 * one gradient per parameter.
 */
export class TrainingNetwork {
  /** F [B,D]. */
  readonly F: Value;
  private readonly gradients = new Map<string, Value>();
  private readonly layers: Layer[] = [];

  constructor(
    private readonly graph: GraphBuilder,
    private readonly config: MlpDenoiserConfig,
    private readonly weight: (name: string) => Value,
    private readonly inputs: NetworkInputs,
  ) {
    let h = this.push(this.inputLayer());
    for (let block = 1; block <= config.numLayers; block++) h = this.push(this.block(`denoiser_block_${block}`, h));
    this.F = this.push(this.dense('noise_out', h));
  }

  /**
   * Adds the backward pass of a loss with gradient dF [B,D]; a gradient per parameter that is not empty, by
   * name.
   */
  backward(dF: Value): ReadonlyMap<string, Value> {
    this.layers.reduceRight((dy, layer) => layer.backward(dy), dF);
    return this.gradients;
  }

  private push(layer: Layer): Value {
    this.layers.push(layer);
    return layer.y;
  }

  /**
   * The first layer's input gradient goes nowhere but to the observation's embedding; what it returns is that
   * of the whole input.
   */
  private inputLayer(): Layer {
    const { graph, inputs } = this;
    const { hiddenSize: H } = this.config;
    const start = outputSize(this.config) + H;
    const o = this.embedding();
    const joined = graph.op('Concat', [inputs.x, inputs.time, o.y], { axis: 1 });
    const kernel = this.weight('denoiser_in.kernel');
    const z = graph.op('Gemm', [joined, kernel, this.weight('denoiser_in.bias')]);
    const h = this.silu(z);
    return {
      y: h.y,
      backward: (dh) => {
        const dz = h.backward(dh);
        this.addDenseGradients('denoiser_in', joined, dz);
        const ofObservation = graph.op('Slice', [
          kernel,
          graph.integers(start),
          graph.integers(start + H),
          graph.integers(0),
        ]);
        return o.backward(graph.op('Gemm', [dz, ofObservation], { transB: 1 }));
      },
    };
  }

  /** Rows with keep 0, and all rows of an unconditional model, get the null condition o = 0. */
  private embedding(): Layer {
    const { graph, inputs } = this;
    const { observations, keep } = inputs;
    if (!observations || !keep) return { y: graph.mul(inputs.time, graph.scalar(0)), backward: (dy) => dy };
    const embedded = graph.op('Gemm', [observations, this.weight('obs_embed.kernel'), this.weight('obs_embed.bias')]);
    return {
      y: graph.mul(embedded, keep),
      backward: (dy) => {
        const d = graph.mul(dy, keep);
        this.gradients.set('obs_embed.bias', this.sumRows(d));
        this.gradients.set('obs_embed.kernel', graph.op('Gemm', [observations, d], { transA: 1 }));
        return d;
      },
    };
  }

  private block(name: string, h: Value): Layer {
    const norm = this.layerNorm(`${name}_norm`, h);
    const up = this.dense(`${name}_up`, norm.y);
    const act = this.silu(up.y);
    const down = this.dense(`${name}_down`, act.y);
    return {
      y: this.graph.add(h, down.y),
      backward: (dy) => this.graph.add(dy, norm.backward(up.backward(act.backward(down.backward(dy))))),
    };
  }

  private dense(name: string, x: Value): Layer {
    const { graph } = this;
    const kernel = this.weight(`${name}.kernel`);
    return {
      y: graph.op('Gemm', [x, kernel, this.weight(`${name}.bias`)]),
      backward: (dy) => {
        this.addDenseGradients(name, x, dy);
        return graph.op('Gemm', [dy, kernel], { transB: 1 });
      },
    };
  }

  private addDenseGradients(name: string, x: Value, dy: Value): void {
    this.gradients.set(`${name}.kernel`, this.graph.op('Gemm', [x, dy], { transA: 1 }));
    this.gradients.set(`${name}.bias`, this.sumRows(dy));
  }

  /** SiLU(v) = v s, s = sigmoid(v); its derivative is s + y (1 - s) with y = v s. */
  private silu(v: Value): Layer {
    const { graph } = this;
    const s = graph.op('Sigmoid', [v]);
    const y = graph.mul(v, s);
    return {
      y,
      backward: (dy) => graph.mul(dy, graph.add(s, graph.mul(y, graph.sub(graph.scalar(1), s)))),
    };
  }

  /**
   * y = n γ + β, n = (h - mean) r, r = 1/√(variance + 1e-5); dh = r (dn - mean(dn) - n mean(dn n)) with dn =
   * dy γ.
   */
  private layerNorm(name: string, h: Value): Layer {
    const { graph } = this;
    const gamma = this.weight(`${name}.gamma`);
    const [y, mean, r] = graph.ops('LayerNormalization', [h, gamma, this.weight(`${name}.beta`)], 3, {
      axis: -1,
      epsilon: { float: NORM_EPSILON },
    });
    return {
      y,
      backward: (dy) => {
        const n = graph.mul(graph.sub(h, mean), r);
        this.gradients.set(`${name}.gamma`, this.sumRows(graph.mul(dy, n)));
        this.gradients.set(`${name}.beta`, this.sumRows(dy));
        const dn = graph.mul(dy, gamma);
        const centred = graph.sub(dn, this.meanOfRow(dn));
        return graph.mul(graph.sub(centred, graph.mul(n, this.meanOfRow(graph.mul(dn, n)))), r);
      },
    };
  }

  /**
   * [B,n] to [n]: as a product, for which ONNX Runtime has a kernel several times faster than its ReduceSum
   * over rows.
   */
  private sumRows(x: Value): Value {
    return this.graph.op('MatMul', [this.inputs.rowOnes, x]);
  }

  /** [B,n] to [B,1]. */
  private meanOfRow(x: Value): Value {
    return this.graph.op('ReduceMean', [x], { axes: [-1], keepdims: 1 });
  }
}
