import type { IncomingMessage } from 'node:http';
import type { PolicySessionInfo } from '#contract';
import { decodeMessage } from '#storage';
import type { WebSocket } from 'ws';
import { toProblem } from '../http/error-answer.js';
import { HttpProblem } from '../http/problem.js';
import type { Dialect, Frame } from './dialect.js';
import { superseded, type Observation, type PolicyPlanner } from './policy-planner.js';
import type { SessionMemory } from './session-memory.js';
import type { SessionTally } from './session-tally.js';

/** Replies that a client has not read yet; it gets no more of them. */
const MAX_UNREAD_BYTES = 4 * 1_024 ** 2;
/** Observations that wait for the reply that says so; a client that sends more is not read for so long. */
const MAX_SUPERSEDED = 1_024;
const PING_MS = 20_000;
/** Longer than a client is busy. A machine that is gone is found out earlier, by its kernel's silence. */
const SILENCE_MS = 600_000;

const CLOSED = { internalError: 1011, policyViolation: 1008 } as const;
/** What an observation comes to when nothing is wrong with it. */
const NO_FAULT = new Set(['superseded', 'deadline_exceeded']);
const LOST_ACCESS = new Set(['unauthorized', 'key_revoked', 'key_expired', 'forbidden_scope']);

interface SessionParts {
  readonly socket: WebSocket;
  readonly handshake: IncomingMessage;
  readonly dialect: Dialect;
  readonly memory: SessionMemory;
  readonly planner: PolicyPlanner;
  readonly tally: SessionTally;
}

interface Waiting extends Observation {
  readonly seq: unknown;
  /** It has taken another's place: none takes its own while it is under way, or a fast robot got no plan. */
  readonly isSuccessor: boolean;
}

/** What a reply names of its observation. */
type Place = Pick<Waiting, 'chunk' | 'seq'>;

/**
 * One connection of a robot. Each observation gets one reply, in order; of those that wait, the newest alone
 * becomes a plan, in place of the one under way.
 */
export class PolicySession {
  /** Those before the newest wait for their turn to be answered; what was in them is let go of. */
  private superseded: Place[] = [];
  private newest: Waiting | undefined;
  private current: Waiting | undefined;
  private running: AbortController | undefined;
  private heardAt = performance.now();
  private pingedAt = performance.now();

  constructor(private readonly parts: SessionParts) {
    const { socket, dialect } = parts;
    socket.on('message', (data: Buffer, isBinary) => this.receive(data, isBinary));
    socket.on('pong', () => this.heard());
    socket.on('error', () => undefined); // ws closes the connection itself, with the code that fits
    socket.on('close', () => this.abandon());
    if (dialect.greeting !== undefined) this.send(dialect.greeting);
  }

  /** Pings a connection on which nothing happens, and ends it when its key is gone, or the client. */
  async lookAfter(): Promise<void> {
    const { socket, planner, handshake } = this.parts;
    if (socket.readyState !== socket.OPEN) return;
    const now = performance.now();
    if (now - this.heardAt > SILENCE_MS && this.current === undefined) return socket.terminate();
    if (now - this.pingedAt > PING_MS) {
      this.pingedAt = now;
      socket.ping();
    }
    try {
      await planner.callerOf(handshake);
    } catch (error) {
      const problem = toProblem(error);
      if (LOST_ACCESS.has(problem.code)) this.refuse(problem, undefined);
    }
  }

  /** What it has come to, as it is shown. @param api the process that holds it */
  view(api: string): PolicySessionInfo {
    return this.parts.tally.view(api);
  }

  /** Ends the session in order. */
  close(code: number, reason: string): void {
    this.parts.socket.close(code, reason);
  }

  /** Nobody waits for anything any more. */
  private abandon(): void {
    this.superseded = [];
    this.newest = undefined;
    this.running?.abort(superseded());
  }

  private heard(): void {
    this.heardAt = performance.now();
  }

  private receive(bytes: Buffer, isBinary: boolean): void {
    this.heard();
    if (this.parts.socket.readyState !== this.parts.socket.OPEN) return;
    try {
      if (!isBinary) throw new HttpProblem('invalid_message', 'expected a binary frame, got text');
      this.take(bytes);
    } catch (error) {
      this.refuse(toProblem(error), undefined);
    }
  }

  private take(bytes: Buffer): void {
    const { dialect, memory } = this.parts;
    const request = dialect.read(decodeMessage(bytes));
    if (request.kind === 'reset') this.reset();
    if (request.kind !== 'observation') {
      if (request.reply !== undefined) this.send(request.reply);
      return;
    }
    const { observation: message, seq } = request;
    this.parts.tally.observed();
    const clocks = { at: performance.now(), atTime: Date.now() };
    const { newest, current } = this;
    if (newest !== undefined) this.superseded.push({ chunk: newest.chunk, seq: newest.seq });
    const isSuccessor = newest !== undefined || current?.isSuccessor === false;
    this.newest = { chunk: memory.nextChunk(), message, bytes: bytes.length, seq, isSuccessor, ...clocks };
    if (this.superseded.length >= MAX_SUPERSEDED) this.parts.socket.pause();
    if (current === undefined) this.work().catch((error: unknown) => this.refuse(toProblem(error), seq));
    else if (!current.isSuccessor) this.running?.abort(superseded());
  }

  /** A new episode: nobody wants the plan of the old one that may be under way. */
  private reset(): void {
    this.parts.memory.forgetChunk();
    this.running?.abort(superseded());
  }

  /** Answers what waits, in order. */
  private async work(): Promise<void> {
    const { socket } = this.parts;
    for (let next = this.newest; next !== undefined; next = this.newest) {
      this.newest = undefined;
      this.current = next;
      this.running = new AbortController();
      await this.answer(next, this.running);
      for (const place of this.superseded.splice(0)) this.sendNothing(superseded(), place);
      if (socket.isPaused) socket.resume();
    }
    this.current = undefined;
    this.running = undefined;
  }

  private async answer(observation: Waiting, ending: AbortController): Promise<void> {
    const { dialect, memory, planner, handshake, tally } = this.parts;
    try {
      const plan = await planner.plan(memory, observation, { handshake, ending });
      this.send(dialect.plan(plan, observation.seq));
      memory.previousTotalMs = performance.now() - observation.at;
      tally.planned(plan, memory.previousTotalMs / 1_000);
    } catch (error) {
      const problem = toProblem(error);
      if (NO_FAULT.has(problem.code)) this.sendNothing(problem, observation);
      else this.refuse(problem, observation.seq);
    }
  }

  private sendNothing(problem: HttpProblem, place: Place): void {
    const { dialect, tally } = this.parts;
    tally.ended(problem.code === 'superseded' ? 'superseded' : 'late');
    this.send(dialect.nothing(problem, place));
  }

  private refuse(problem: HttpProblem, seq: unknown): void {
    const { socket, dialect, tally } = this.parts;
    tally.ended('refused');
    this.send(dialect.refusal(problem, seq));
    const isLost = LOST_ACCESS.has(problem.code);
    if (!isLost && !dialect.closesOnRefusal) return;
    socket.close(isLost ? CLOSED.policyViolation : CLOSED.internalError, problem.code);
    this.abandon();
  }

  private send(frame: Frame): void {
    const { socket } = this.parts;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MAX_UNREAD_BYTES) return socket.terminate();
    socket.send(frame);
  }
}
