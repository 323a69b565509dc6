import { Injectable } from '@nestjs/common';
import type { IncomingMessage } from 'node:http';
import { ExecutionState, SamplingRequest, SessionSettings, type SamplingJob } from '#contract';
import { plainIn, type Message } from '#storage';
import { Authenticator } from '../access/authenticator.js';
import { requireScope, type Caller } from '../access/caller.js';
import { KeyLimits } from '../access/key-limits.js';
import { fieldProblem, HttpProblem } from '../http/problem.js';
import { RequestGate } from '../http/request-gate.js';
import { parseRequest } from '../http/schema.pipe.js';
import { JobCanceller } from '../jobs/cancel/job-canceller.js';
import { awaitedResult, type AwaitedResult } from '../sampling/awaited-result.js';
import { SamplingJobsService } from '../sampling/sampling-jobs.service.js';
import { readObservation } from './observation.js';
import type { Plan } from './plan.js';
import { seamJump } from './seam-jump.js';
import { splitPlan } from './plan-under-way.js';
import type { SessionMemory } from './session-memory.js';

/** A session's jobs end by themselves, by their deadline or by a newer observation. */
const WAIT_MS = 3_600_000;

const FirstMessage = SessionSettings.extend(ExecutionState.shape);

/** An observation whose turn it is. */
export interface Observation {
  readonly chunk: number;
  readonly message: Message;
  readonly bytes: number;
  /** By the clock that does not jump, and by the one of the day, in ms. */
  readonly at: number;
  readonly atTime: number;
}

/** Makes plans of observations: each is an ordinary sampling job. */
@Injectable()
export class PolicyPlanner {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly limits: KeyLimits,
    private readonly gate: RequestGate,
    private readonly jobs: SamplingJobsService,
    private readonly canceller: JobCanceller,
  ) {}

  /** Who has opened a session, as it is now. @throws HttpProblem when the key does not count any more */
  async callerOf(handshake: IncomingMessage): Promise<Caller> {
    const caller = await this.authenticator.authenticate(handshake);
    requireScope(caller, 'jobs:write');
    return caller;
  }

  /**
   * @param ending aborted, with what to throw, when a newer observation is there or nobody any more; once the
   * deadline is over, by this method
   * @throws HttpProblem `superseded`, `deadline_exceeded`, or whatever HTTP refuses the same request with
   */
  async plan(
    memory: SessionMemory,
    observation: Observation,
    { handshake, ending }: { readonly handshake: IncomingMessage; readonly ending: AbortController },
  ): Promise<Plan> {
    const caller = await this.callerOf(handshake);
    await this.limits.takeRequest(caller);
    const end = this.gate.begin(observation.bytes);
    let deadline: NodeJS.Timeout | undefined;
    try {
      const { numbers, others } = splitPlan(observation.message.get('stride'));
      const state = executionState(memory, observation, others);
      const request = requestOf(memory, observation, memory.chunking(state, numbers));
      const { deadlineMs } = request;
      if (deadlineMs !== undefined) deadline = setTimeout(() => ending.abort(overdue(deadlineMs)), deadlineMs);
      const { signal } = ending;
      const whenGone = (gone: () => void) => (signal.aborted ? gone() : signal.addEventListener('abort', gone));
      const waiting = { ms: WAIT_MS, tensors: 'base64', whenGone } as const;
      const { job } = await this.jobs.submit(request, { key: undefined, caller }, waiting);
      return await this.planOf(job, { memory, observation, state, request, signal });
    } finally {
      clearTimeout(deadline);
      end();
    }
  }

  private async planOf(job: SamplingJob, context: PlanContext): Promise<Plan> {
    if (job.status === 'cancelled' && context.signal.aborted) throw context.signal.reason;
    const result = awaitedResult(job);
    if (result !== undefined) return planOf(job, result, context);
    if (!context.signal.aborted) throw new HttpProblem('shutting_down', 'this process is shutting down');
    await this.canceller.abandon('sampling', job.id, isSuperseded(context.signal.reason) ? 'superseded' : 'cancelled');
    throw context.signal.reason;
  }
}

interface PlanContext {
  readonly memory: SessionMemory;
  readonly observation: Observation;
  readonly state: ExecutionState;
  readonly request: SamplingRequest;
  readonly signal: AbortSignal;
}

function isSuperseded(reason: unknown): boolean {
  return reason instanceof HttpProblem && reason.code === 'superseded';
}

/** A worker may be late to say so, or there is none. */
function overdue(deadlineMs: number): HttpProblem {
  return new HttpProblem('deadline_exceeded', `there was no plan within ${deadlineMs} ms`);
}

/** A newer observation of the session has taken its place. */
export function superseded(): HttpProblem {
  return new HttpProblem('superseded', 'a newer observation took its place');
}

/** What the observation says of the plan under way; the first one may also say what the session asks for. */
function executionState(memory: SessionMemory, { chunk }: Observation, stride: unknown): ExecutionState {
  const given = plainIn(stride ?? new Map(), 'stride');
  if (chunk > 0) return parseRequest(ExecutionState, given);
  const parsed = parseRequest(FirstMessage, given);
  const { seed, ...settings } = Object.fromEntries(
    Object.entries(parsed).filter(([name]) => name in SessionSettings.shape),
  );
  if (seed !== undefined) throw fieldProblem('seed', 'belongs into the query: the session has one already');
  memory.settings = { ...memory.settings, ...parseRequest(SessionSettings, settings) };
  return parseRequest(
    ExecutionState,
    Object.fromEntries(Object.entries(parsed).filter(([name]) => name in ExecutionState.shape)),
  );
}

/** The same request as over HTTP. */
function requestOf(
  memory: SessionMemory,
  { chunk, message }: Observation,
  realTimeChunking: SamplingRequest['realTimeChunking'],
): SamplingRequest {
  const { record, policy, settings } = memory;
  return parseRequest(SamplingRequest, {
    model: `${record.name}@${record.version}`,
    observations: readObservation(message, policy, record.config.obsSize),
    seed: memory.seedOfChunk(chunk),
    priority: settings.priority ?? 'interactive',
    samplesPerObservation: settings.samples,
    numInferenceSteps: settings.steps,
    eta: settings.eta,
    deadlineMs: settings.deadline_ms,
    realTimeChunking,
  });
}

function planOf(job: SamplingJob, { shape, data }: AwaitedResult, context: PlanContext): Plan {
  const { memory, observation, state, request } = context;
  const bytes = new Uint8Array(Buffer.from(data, 'base64'));
  const totalMs = performance.now() - observation.at;
  memory.keep({ chunk: observation.chunk, shape, data }, totalMs / 1_000);
  const { queuedSeconds, runSeconds, denoiseSeconds } = job.timings;
  const actions = new Float32Array(bytes.buffer, 0, bytes.length / Float32Array.BYTES_PER_ELEMENT);
  const delaySteps = job.realTimeChunking?.delaySteps ?? 0;
  return {
    chunk: observation.chunk,
    jobId: job.id,
    seed: job.seed,
    shape,
    actions,
    delaySteps,
    seamJump: request.realTimeChunking && seamJump(request.realTimeChunking, { shape, actions }, delaySteps),
    times: timesOf(memory, state.observed_at ?? observation.atTime / 1_000),
    timing: {
      totalMs,
      previousTotalMs: memory.previousTotalMs,
      queuedMs: toMs(queuedSeconds),
      runMs: toMs(runSeconds),
      denoiseMs: toMs(denoiseSeconds),
    },
  };
}

/** Step h is due h steps after its observation. */
function timesOf({ fps, record }: SessionMemory, observedAt: number): Float64Array | undefined {
  if (fps === undefined) return undefined;
  return Float64Array.from({ length: record.config.actionHorizon }, (_, step) => observedAt + step / fps);
}

function toMs(seconds: number | null): number | undefined {
  return seconds === null ? undefined : seconds * 1_000;
}
