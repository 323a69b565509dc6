import { randomBytes } from 'node:crypto';
import type { ExecutionState, PolicyInterface, SamplingRequest, SessionSettings } from '#contract';
import { seedOf } from '#queue';
import type { ModelVersionRecord } from '#storage';
import { fieldProblem } from '../http/problem.js';
import { planUnderWay } from './plan-under-way.js';

/** A delay is guessed by the slowest of so many plans. */
const RECENT_PLANS = 5;

type ChunkingRequest = NonNullable<SamplingRequest['realTimeChunking']>;

interface KeptChunk {
  readonly chunk: number;
  /** [samples, horizon, dim] in base64. */
  readonly shape: readonly number[];
  readonly data: string;
}

/** A plan under way; of its first steps some may be missing, as they were executed. */
interface EncodedPlan extends Omit<KeptChunk, 'chunk'> {
  readonly missingSteps: number;
}

/** What a session knows of itself from one observation to the next. */
export class SessionMemory {
  settings: SessionSettings;
  /** How long the plan before took until it was sent. */
  previousTotalMs: number | undefined;
  readonly seed: number;
  private numObservations = 0;
  private recentSeconds: number[] = [];
  private kept: KeptChunk | undefined;
  /** The first chunk of this episode. */
  private firstChunk = 0;

  constructor(
    readonly record: ModelVersionRecord,
    readonly policy: PolicyInterface,
    settings: SessionSettings,
  ) {
    this.settings = settings;
    this.seed = settings.seed ?? seedOf(randomBytes(16).toString('hex'));
  }

  get fps(): number | undefined {
    return this.settings.fps ?? this.policy.fps;
  }

  /** The number of an observation that has come. */
  nextChunk(): number {
    return this.numObservations++;
  }

  /** A function of the session's seed and the number: the same observations get the same plans again. */
  seedOfChunk(chunk: number): number {
    return seedOf(`${this.seed}/${chunk}`);
  }

  /** Keeps a plan, unless the episode that it belongs to is over. */
  keep(chunk: KeptChunk, seconds: number): void {
    if (chunk.chunk >= this.firstChunk) this.kept = chunk;
    this.recentSeconds = [...this.recentSeconds, seconds].slice(-RECENT_PLANS);
  }

  /** A new episode has no plan under way. */
  forgetChunk(): void {
    this.firstChunk = this.numObservations;
    this.kept = undefined;
  }

  /**
   * The plan that is being executed, as a sampling request has it; undefined: there is none.
   * @param previousActions the client's own copy of it, in place of the one that is kept here
   * @throws HttpProblem or InputError naming what is wrong, such as a `chunk` that is not kept any more
   */
  chunking(state: ExecutionState, previousActions: Float32Array | undefined): ChunkingRequest | undefined {
    const { executed_steps: executedSteps } = state;
    if (executedSteps === undefined) {
      const without =
        previousActions !== undefined ? 'previous_actions' : state.chunk === undefined ? undefined : 'chunk';
      if (without !== undefined) throw fieldProblem('executed_steps', `required with ${without}`);
      return undefined;
    }
    const plan = previousActions === undefined ? this.keptPlan(state) : this.givenPlan(state, previousActions);
    if (plan === undefined) return undefined;
    const executed = executedSteps + plan.missingSteps;
    return {
      previousActions: { shape: [...plan.shape], dtype: 'float32', data: plan.data },
      executedSteps: executed,
      delaySteps: state.delay_steps ?? this.likelyDelay(executed),
      ...(state.execution_horizon !== undefined && { executionHorizon: state.execution_horizon }),
      ...(state.schedule !== undefined && { schedule: state.schedule }),
      ...(state.max_weight !== undefined && { maxWeight: state.max_weight }),
    };
  }

  private keptPlan({ chunk }: ExecutionState): EncodedPlan | undefined {
    if (chunk !== undefined && chunk !== this.kept?.chunk)
      throw fieldProblem(
        'chunk',
        `the newest plan alone is kept, ${this.kept?.chunk ?? 'and there is none'}; got ${chunk}`,
      );
    return this.kept && { ...this.kept, missingSteps: 0 };
  }

  private givenPlan({ chunk }: ExecutionState, previousActions: Float32Array): EncodedPlan {
    if (chunk !== undefined) throw fieldProblem('chunk', 'not together with previous_actions');
    const { shape, actions, missingSteps } = planUnderWay(
      previousActions,
      this.record.config,
      this.settings.samples ?? 1,
    );
    return { shape, data: Buffer.from(actions.buffer).toString('base64'), missingSteps };
  }

  /** Steps that pass while a plan is made, within what is left of the one before and half the horizon. */
  private likelyDelay(executedSteps: number): number {
    const { actionHorizon } = this.record.config;
    const steps = Math.ceil(Math.max(0, ...this.recentSeconds) * (this.fps ?? 0));
    return Math.max(0, Math.min(steps, Math.floor(actionHorizon / 2), actionHorizon - executedSteps));
  }
}
