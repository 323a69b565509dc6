import { randomBytes } from 'node:crypto';
import type { ExecutionState, PolicyInterface, SessionSettings } from '#contract';
import { seedOf } from '#queue';
import type { ModelVersionRecord } from '#storage';
import { fieldProblem } from '../http/problem.js';

/** A delay is guessed by the slowest of so many plans. */
const RECENT_PLANS = 5;

interface KeptChunk {
  readonly chunk: number;
  /** [samples, horizon, dim] in base64. */
  readonly shape: readonly number[];
  readonly data: string;
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
   * @throws HttpProblem naming `chunk` when it is not kept any more
   */
  chunking(state: ExecutionState) {
    const { chunk, executed_steps: executedSteps } = state;
    if (executedSteps === undefined) {
      if (chunk !== undefined) throw fieldProblem('executed_steps', 'required with chunk');
      return undefined;
    }
    if (chunk !== undefined && chunk !== this.kept?.chunk)
      throw fieldProblem(
        'chunk',
        `the newest plan alone is kept, ${this.kept?.chunk ?? 'and there is none'}; got ${chunk}`,
      );
    if (this.kept === undefined) return undefined;
    const { shape, data } = this.kept;
    return {
      previousActions: { shape: [...shape], dtype: 'float32' as const, data },
      executedSteps,
      delaySteps: state.delay_steps ?? this.likelyDelay(executedSteps),
      ...(state.execution_horizon !== undefined && { executionHorizon: state.execution_horizon }),
      ...(state.schedule !== undefined && { schedule: state.schedule }),
      ...(state.max_weight !== undefined && { maxWeight: state.max_weight }),
    };
  }

  /** Steps that pass while a plan is made, within what is left of the one before and half the horizon. */
  private likelyDelay(executedSteps: number): number {
    const { actionHorizon } = this.record.config;
    const steps = Math.ceil(Math.max(0, ...this.recentSeconds) * (this.fps ?? 0));
    return Math.max(0, Math.min(steps, Math.floor(actionHorizon / 2), actionHorizon - executedSteps));
  }
}
