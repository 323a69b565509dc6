import {
  COEFFICIENTS_PER_STEP,
  encodeObservations,
  outputSize,
  timeTable,
  type MlpDenoiserConfig,
  BackendError,
  DdimError,
  ModelLoadError,
  OutOfMemoryError,
  type Precision,
} from '#ddim';
import {
  type LoadedDenoiser,
  type LoadTerms,
  type MacroStep,
  type MlpModelSource,
  runSelfTest,
  timedCalls,
} from '#engine';
import { BoundSession, type ShapedArray } from '../runtime/bound-session.js';
import { buildEncodeGraph } from './encode-graph.js';
import { buildMacroStepGraph, type MacroStepVariant } from './macro-step-graph.js';
import { checkLoadable } from '../graph/model-check.js';
import { isOutOfMemory, messageOf } from '../runtime/runtime-error.js';
import { isNoisy, RowPacker } from './packed-rows.js';
import { createSession, type OnnxRuntime, type ProviderName } from '../runtime/session.js';

/**
 * Conditions belong to the host, which hands them to every call: on a device the two transfers would take
 * longer than the two small products.
 */
const ENCODE_PROVIDER: ProviderName = 'cpu';

interface OnnxDenoiserOptions {
  readonly model: MlpModelSource;
  readonly precision: Precision;
  readonly onDispose: () => void;
  readonly terms?: LoadTerms | undefined;
}

type Feeds = Record<string, ShapedArray>;

/** What a session runs. */
interface GraphChoice {
  readonly name: MacroStepVariant | 'encode';
  readonly unrolledSteps?: number | undefined;
}

/**
 * One model version on one provider: an encode session and macro-step sessions, plain and with extras, each
 * made on first need. The WebGPU provider, which has no kernel for loops, needs one for every number of steps
 * per call, each with its own copy of the weights.
 */
export class OnnxDenoiser implements LoadedDenoiser {
  batchInvariant = false;
  /** By sessionKey. */
  private readonly sessions = new Map<string, BoundSession>();
  /** [T,H], 1 MB at T 1,000 and H 256, where it takes 100 ms: kept for the extended graph. */
  private readonly times: Float32Array;
  private readonly packer: RowPacker;

  private constructor(
    private readonly runtime: OnnxRuntime,
    private readonly provider: ProviderName,
    private readonly model: MlpModelSource,
    private readonly precision: Precision,
    private readonly onDispose: () => void,
  ) {
    this.times = timeTable(model.config, model.parameters);
    this.packer = new RowPacker(model.config);
  }

  /** Checks the tensors, creates the sessions and runs the self-test. @throws ModelLoadError */
  static async load(
    runtime: OnnxRuntime,
    provider: ProviderName,
    { model, precision, onDispose, terms }: OnnxDenoiserOptions,
  ): Promise<OnnxDenoiser> {
    checkLoadable(model.config, model.parameters);
    const denoiser = new OnnxDenoiser(runtime, provider, model, precision, onDispose);
    try {
      const subject = terms ? timedCalls(denoiser, terms.timer) : denoiser;
      denoiser.batchInvariant = terms?.batchInvariant ?? (await runSelfTest(subject, model, precision));
      await denoiser.releaseSessions((key) => key.startsWith('extended') || key.startsWith('chunked'));
      return denoiser;
    } catch (error) {
      await denoiser.releaseSessions();
      if (error instanceof DdimError && !(error instanceof BackendError)) throw error;
      throw new ModelLoadError(`${model.version} does not load in ${precision} on ${provider}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  async encodeObservations(observations: Float32Array, conditions: Float32Array, count: number): Promise<void> {
    const { config, parameters } = this.model;
    if (config.obsSize === 0) {
      const condition = encodeObservations(config, parameters, null);
      for (let row = 0; row < count; row++) conditions.set(condition, row * config.hiddenSize);
      return;
    }
    await this.run(
      { name: 'encode' },
      { observations: { data: observations, shape: [count, config.obsSize] } },
      { conditions: { data: conditions, shape: [count, config.hiddenSize] } },
    );
  }

  async advance(macroStep: MacroStep): Promise<void> {
    const shape = [macroStep.numRows, outputSize(this.model.config)];
    const { x, x0 } = macroStep;
    // only these are fetched
    const results = { x_next: { data: x, shape }, ...(x0 && { x0: { data: x0, shape } }) };
    const unrolledSteps = this.provider === 'webgpu' ? macroStep.stepsPerCall : undefined;
    const { guidance, fixedActions, realTimeChunking: chunk } = macroStep;
    const extended = guidance !== undefined || fixedActions !== undefined;
    if (!extended && !chunk && unrolledSteps !== undefined) {
      const name = isNoisy(macroStep) ? 'packed' : 'quiet';
      await this.run({ name, unrolledSteps }, this.packedFeeds(macroStep), results);
      return;
    }
    const { config } = this.model;
    const feeds = extended ? extendedFeeds(config, macroStep) : plainFeeds(config, macroStep);
    const name = chunk ? (extended ? 'extended_chunked' : 'chunked') : extended ? 'extended' : 'plain';
    await this.run(
      { name, unrolledSteps },
      chunk ? { ...feeds, ...chunkFeeds(config, macroStep, chunk) } : feeds,
      results,
    );
  }

  async dispose(): Promise<void> {
    await this.releaseSessions();
    this.onDispose();
  }

  private packedFeeds(macroStep: MacroStep): Feeds {
    const rows = this.packer.pack(macroStep);
    return isNoisy(macroStep) ? { rows, z: noiseFeed(this.model.config, macroStep) } : { rows };
  }

  private async releaseSessions(isChosen: (key: string) => boolean = () => true): Promise<void> {
    for (const [key, session] of this.sessions) {
      if (!isChosen(key)) continue;
      this.sessions.delete(key);
      await session.release();
    }
  }

  private async run(
    choice: GraphChoice,
    feeds: Feeds,
    results: Record<string, ShapedArray<Float32Array>>,
  ): Promise<void> {
    try {
      const session = await this.session(choice);
      await session.run(feeds, results);
    } catch (error) {
      if (error instanceof DdimError) throw error;
      const message = `${choice.name} graph of ${this.model.version} failed on ${this.providerOf(choice)}: ${messageOf(error)}`;
      throw isOutOfMemory(error)
        ? new OutOfMemoryError(message, { cause: error })
        : new BackendError(message, { cause: error });
    }
  }

  private async session(choice: GraphChoice): Promise<BoundSession> {
    const key = sessionKey(choice);
    const known = this.sessions.get(key);
    if (known) return known;
    const graph = this.buildGraph(choice);
    const session = new BoundSession(this.runtime, await createSession(this.runtime, this.providerOf(choice), graph));
    this.sessions.set(key, session);
    return session;
  }

  private providerOf({ name }: GraphChoice): ProviderName {
    return name === 'encode' ? ENCODE_PROVIDER : this.provider;
  }

  private buildGraph({ name, unrolledSteps }: GraphChoice): Uint8Array {
    const { config, parameters } = this.model;
    if (name === 'encode') return buildEncodeGraph(config, parameters);
    const { precision, times } = this;
    return buildMacroStepGraph(config, parameters, { variant: name, unrolledSteps, precision, times });
  }
}

function sessionKey({ name, unrolledSteps }: GraphChoice): string {
  return unrolledSteps === undefined ? name : `${name} ${unrolledSteps}`;
}

function plainFeeds(config: MlpDenoiserConfig, macroStep: MacroStep): Feeds {
  const { numRows: B, stepsPerCall: K, noise } = macroStep;
  const D = outputSize(config);
  const R = macroStep.guidance?.source.length ?? B;
  return {
    x: { data: macroStep.x, shape: [B, D] },
    conditions: { data: macroStep.conditions, shape: [R, config.hiddenSize] },
    timesteps: { data: macroStep.timesteps, shape: [K, B] },
    coefficients: { data: macroStep.coefficients, shape: [K, B, COEFFICIENTS_PER_STEP] },
    z: noiseFeed(config, macroStep),
    noise_index: { data: noise.index, shape: [B] },
  };
}

function noiseFeed(config: MlpDenoiserConfig, { stepsPerCall: K, noise: { z } }: MacroStep): ShapedArray {
  const D = outputSize(config);
  return { data: z, shape: [K, z.length / (K * D), D] };
}

/** A macro-step with only one of the two extras gets the neutral tables of the other. */
function extendedFeeds(config: MlpDenoiserConfig, macroStep: MacroStep): Feeds {
  const { numRows: B, stepsPerCall: K } = macroStep;
  const D = outputSize(config);
  const guidance = macroStep.guidance ?? noGuidance(B);
  const fixed = macroStep.fixedActions ?? noFixedActions(B, K, D);
  const Q = fixed.keep.length / D;
  return {
    source: { data: guidance.source, shape: [guidance.source.length] },
    cond_index: { data: guidance.condIndex, shape: [B] },
    null_index: { data: guidance.nullIndex, shape: [B] },
    scale: { data: guidance.scale, shape: [B, 1] },
    keep: { data: fixed.keep, shape: [Q, D] },
    y: { data: fixed.y, shape: [Q, D] },
    z0: { data: fixed.z0, shape: [Q, D] },
    fixed_index: { data: fixed.index, shape: [B] },
    levels: { data: fixed.levels, shape: [K, B, 2] },
    ...plainFeeds(config, { ...macroStep, guidance }),
  };
}

function chunkFeeds(
  config: MlpDenoiserConfig,
  { numRows: B, stepsPerCall: K }: MacroStep,
  { weights, y, index, pull }: NonNullable<MacroStep['realTimeChunking']>,
): Feeds {
  const D = outputSize(config);
  return {
    chunk_weights: { data: weights, shape: [weights.length / D, D] },
    chunk_y: { data: y, shape: [y.length / D, D] },
    chunk_index: { data: index, shape: [B] },
    pull: { data: pull, shape: [K, B, 1] },
  };
}

function noGuidance(B: number): NonNullable<MacroStep['guidance']> {
  const own = Int32Array.from({ length: B }, (_, i) => i);
  return { source: own, condIndex: own, nullIndex: own, scale: new Float32Array(B).fill(1) };
}

function noFixedActions(B: number, K: number, D: number): NonNullable<MacroStep['fixedActions']> {
  return {
    keep: new Float32Array(D).fill(1),
    y: new Float32Array(D),
    z0: new Float32Array(D),
    index: new Int32Array(B),
    levels: new Float32Array(K * B * 2),
  };
}
