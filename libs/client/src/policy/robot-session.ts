import type { ApiClient } from '../api-client.js';
import { delay } from '../delay.js';
import { StrideError } from '../stride-error.js';
import { packMessage, type MessageValue } from './pack-message.js';
import { PolicyConnection } from './policy-connection.js';
import { arrayOf, fieldsOf, unpackMessage } from './unpack-message.js';

/** Settings of a session, by the names of the policy socket. */
export interface PolicySettings {
  readonly steps?: number;
  readonly eta?: number;
  readonly priority?: 'interactive' | 'normal' | 'bulk';
  readonly deadline_ms?: number;
  readonly fps?: number;
  /** With it the same observations get the same plans again. */
  readonly seed?: number;
  /** Milliseconds in which a lost connection is made again; default 30,000. */
  readonly retryMs?: number;
  /** Milliseconds until a connection without an answer counts as lost; default 90,000. */
  readonly timeoutMs?: number;
}

/** How a plan continues the one that is being executed, by the names of the policy socket. */
export interface PlanOptions {
  /** false: it knows nothing of the plan before. Default: true, it is pulled towards it. */
  readonly isContinued?: boolean;
  /** Actions that will be executed until the plan is there. Default: as many as fit into recent waits. */
  readonly delay_steps?: number;
  /** Action from which on the plan is free. */
  readonly execution_horizon?: number;
  readonly schedule?: 'exp' | 'linear' | 'ones' | 'zeros';
  readonly max_weight?: number;
  /** When the observation was made, in seconds by a clock of the caller. */
  readonly observed_at?: number;
}

/** One answer of the policy. */
export interface ActionPlan {
  /** [horizon, dim] */
  readonly shape: readonly number[];
  /** Row-major, in the units of the data. */
  readonly actions: Float32Array;
  readonly chunk: number;
  /** The whole message: delay_steps, action_times, policy_timing, server_timing, seed, job. */
  readonly reply: Readonly<Record<string, unknown>>;
}

type Observation = Readonly<Record<string, Float32Array | readonly number[]>>;

const [FIRST_RETRY_MS, MAX_RETRY_MS, RETRY_MS] = [100, 5_000, 30_000];
const TIMEOUT_MS = 90_000;

/**
 * One robot's session of the policy socket. It keeps the newest plan and counts what is executed of it, so
 * that the next plan continues the movement (real-time chunking). After a lost connection another session
 * begins, which goes on with that plan.
 */
export class RobotSession {
  private connection: PolicyConnection | undefined;
  private plan: ActionPlan | undefined;
  /** Actions of the newest plan that were taken, or had passed when it came. */
  private position = 0;
  private taken = 0;
  private readonly url: string;
  private readonly retryMs: number;
  private readonly timeoutMs: number;
  /** What the service says of the model, once connected. */
  metadata: Readonly<Record<string, unknown>> = {};

  constructor(
    private readonly client: ApiClient,
    model: string,
    { retryMs = RETRY_MS, timeoutMs = TIMEOUT_MS, ...settings }: PolicySettings = {},
  ) {
    const query = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
    const address = `${client.baseUrl.replace(/^http/, 'ws')}/v1/policies/${encodeURIComponent(model)}`;
    this.url = `${address}?${new URLSearchParams(query).toString()}`;
    this.retryMs = retryMs;
    this.timeoutMs = timeoutMs;
  }

  /**
   * The plan for one observation. While it is computed, `nextAction` goes on with the plan before.
   * @throws StrideError with the service's code, or `connection_lost`
   */
  async infer(observation: Observation, options: PlanOptions = {}): Promise<ActionPlan> {
    const until = performance.now() + this.retryMs;
    for (let wait = FIRST_RETRY_MS; ; wait = Math.min(2 * wait, MAX_RETRY_MS)) {
      try {
        return await this.ask(observation, options);
      } catch (error) {
        const isLost = error instanceof StrideError && error.code === 'connection_lost';
        if (!isLost || performance.now() + wait > until) throw error;
      }
      await delay(wait);
    }
  }

  /** The next action [dim] of the newest plan; undefined when it is used up, or there is none. */
  nextAction(): Float32Array | undefined {
    const dim = this.plan?.shape.at(-1) ?? 0;
    const action = this.plan?.actions.slice(this.position * dim, (this.position + 1) * dim);
    if (action === undefined || action.length === 0) return undefined;
    this.position += 1;
    this.taken += 1;
    return action;
  }

  /** Ends the session and the movement; the next `infer` begins another one. */
  close(): void {
    this.connection?.close();
    this.connection = undefined;
    this.plan = undefined;
  }

  private async ask(observation: Observation, { isContinued = true, ...options }: PlanOptions): Promise<ActionPlan> {
    const open = this.connection?.isOver === false ? this.connection : undefined;
    const connection = open ?? (await this.connect());
    this.connection = connection;
    const { taken } = this;
    const stride = { ...options, ...(isContinued && this.underWay(open === undefined)) };
    const arrays = Object.entries(observation).map(([key, values]) => [key, Float32Array.from(values)] as const);
    const message: Record<string, MessageValue | undefined> = { ...Object.fromEntries(arrays), stride };
    connection.send(packMessage(message));
    const reply = unpackMessage(await connection.next());
    if (reply.error instanceof Map) {
      const { code, detail } = fieldsOf(reply.error);
      throw new StrideError(String(code), String(detail));
    }
    const { shape, values } = arrayOf(reply.actions);
    this.plan = { shape, actions: values, chunk: Number(reply.chunk), reply };
    this.position = this.taken - taken;
    return this.plan;
  }

  /** The plan that is being executed: by its number, or itself for a service that has not made it. */
  private underWay(isNew: boolean): Readonly<Record<string, MessageValue>> {
    const { plan, position } = this;
    if (plan === undefined || position * (plan.shape.at(-1) ?? 0) >= plan.actions.length) return {};
    return { executed_steps: position, ...(isNew ? { previous_actions: plan.actions } : { chunk: plan.chunk }) };
  }

  private async connect(): Promise<PolicyConnection> {
    const connection = await PolicyConnection.open(this.url, this.client.headers, this.timeoutMs);
    this.metadata = unpackMessage(await connection.next());
    return connection;
  }
}
