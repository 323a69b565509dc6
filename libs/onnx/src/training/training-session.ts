import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { BackendError, OutOfMemoryError, type DenoiserParameters } from '#ddim';
import type { LoadedTrainer, TrainBatch, TrainSetup, TrainState, TrainStepResult } from '#training';
import { createSession, type OnnxRuntime, type ProviderName } from '../runtime/session.js';
import { batchFeeds } from './training-batch.js';
import { buildTrainingGraph, type TrainingGraphKind } from './training-graph.js';
import { parameterGroups } from './training-layout.js';
import { TrainingState } from './training-state.js';

/** A training run on one provider; the sessions of its graphs are made on first use. */
export class OnnxTrainer implements LoadedTrainer {
  private readonly sessions = new Map<string, InferenceSession>();
  private readonly state: TrainingState;

  constructor(
    private readonly runtime: OnnxRuntime,
    private readonly provider: ProviderName,
    private readonly setup: TrainSetup,
    private readonly onDispose: () => void,
  ) {
    const { config, state, adamBetas: betas, adamEpsilon: epsilon } = setup;
    this.state = new TrainingState(runtime, config, parameterGroups(config), state, { betas, epsilon });
  }

  async trainStep(batch: TrainBatch): Promise<TrainStepResult> {
    const [loss, norm] = [this.scalar(), this.scalar()];
    const outputs = { ...this.state.gradients(), loss: loss.tensor, norm: norm.tensor };
    await this.run('gradients', batch, this.state.weights('parameter'), outputs);
    const result = { loss: loss.value[0], gradNorm: norm.value[0] };
    const applied = Number.isFinite(result.loss) && Number.isFinite(result.gradNorm);
    if (applied) this.state.update(batch.optimiser, result.gradNorm);
    return { ...result, applied };
  }

  async evaluate(batch: TrainBatch): Promise<number> {
    const loss = this.scalar();
    await this.run('loss', batch, this.state.weights('ema'), { loss: loss.tensor });
    return loss.value[0];
  }

  async readAverage(): Promise<DenoiserParameters> {
    return this.state.readPart('ema');
  }

  async readState(): Promise<TrainState> {
    return this.state.read();
  }

  async dispose(): Promise<void> {
    const sessions = [...this.sessions.values()];
    this.sessions.clear();
    for (const session of sessions) await session.release();
    this.onDispose();
  }

  private async run(
    kind: TrainingGraphKind,
    batch: TrainBatch,
    feeds: Record<string, Tensor>,
    results: Record<string, Tensor>,
  ): Promise<void> {
    const { config, lossWeighting } = this.setup;
    try {
      const session = await this.session(kind, batch.lossMask !== undefined);
      await session.run({ ...batchFeeds(this.runtime, config, lossWeighting, batch), ...feeds }, results);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const message = `the ${kind} graph of the training failed on ${this.provider}: ${reason}`;
      // ONNX Runtime reports a failed allocation only in words.
      throw /failed to allocate|out of memory|bad_alloc|available memory of/i.test(reason)
        ? new OutOfMemoryError(message, { cause: error })
        : new BackendError(message, { cause: error });
    }
  }

  private async session(kind: TrainingGraphKind, masked: boolean): Promise<InferenceSession> {
    const key = `${kind}/${masked}`;
    const known = this.sessions.get(key);
    if (known) return known;
    const { config, lossWeighting } = this.setup;
    const model = buildTrainingGraph(config, { kind, lossWeighting, masked });
    const session = await createSession(this.runtime, this.provider, model);
    this.sessions.set(key, session);
    return session;
  }

  private scalar(): { tensor: Tensor; value: Float32Array } {
    const value = new Float32Array(1);
    return { tensor: new this.runtime.Tensor('float32', value, [1]), value };
  }
}
