import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { Middleware } from './middleware.js';
import { HttpProblem } from './problem.js';
import { RequestPace } from './request-pace.js';
import { pathOf } from './request-path.js';
import { hasBody } from './well-formed-request.js';

/** About half a second of this process' time: a request of 16 KiB is one unit of work. */
const MAX_AT_WORK = 1_000;
const BYTES_PER_UNIT = 16 * 1_024;
const REFUSAL_UNITS = 0.5;
/** Supervisors and Prometheus must hear from a process that has too much to do. */
const ALWAYS = /^\/(?:health|metrics|v2\/health)(?:\/|$)/;

/**
 * Bounds what this process works on at once. What is more is refused before its body is parsed: a process
 * that falls behind would answer nobody in time, and take its own lateness for that of others. Whoever only
 * waits, for a job's end or its events, does not count.
 */
@Injectable()
export class RequestGate {
  private atWork = 0;
  private asleep = 0;
  /** Admitted, and waiting for their turn. */
  private due = 0;
  private readonly pace = new RequestPace();

  /**
   * Refuses what comes while there is enough to do, and begins the rest; both at a pace. A body does not
   * count while it arrives.
   */
  admit(): Middleware {
    return (request, response, next) => {
      if (ALWAYS.test(pathOf(request))) return next();
      if (!this.hasRoom()) return this.pace.take(REFUSAL_UNITS, () => next(overloaded()));
      this.due += 1;
      this.pace.take(unitsOf(Number(request.headers['content-length'] ?? 0)), () => {
        this.due -= 1;
        if (response.destroyed) return;
        if (!hasBody(request)) response.once('close', this.count(0));
        next();
      });
    };
  }

  /** Another connection may wait behind one that has come. */
  connected(): void {
    this.pace.connected();
  }

  /**
   * A request with so many bytes of body is worked on from now until it is answered.
   * @throws HttpProblem `overloaded`
   */
  enter(response: ServerResponse, bytes: number): void {
    this.requireRoom();
    if (response.destroyed) return;
    response.once('close', this.begin(bytes));
  }

  /**
   * So many bytes are worked on from now until what comes back is called.
   * @throws HttpProblem `overloaded`
   */
  begin(bytes: number): () => void {
    this.requireRoom();
    return this.count(bytes);
  }

  /** A request only waits from now on, until what comes back is called. */
  sleep(): () => void {
    this.asleep += 1;
    return () => (this.asleep -= 1);
  }

  private count(bytes: number): () => void {
    const units = unitsOf(bytes);
    this.atWork += units;
    return () => (this.atWork -= units);
  }

  private requireRoom(): void {
    if (!this.hasRoom()) throw overloaded();
  }

  private hasRoom(): boolean {
    return this.atWork - this.asleep + this.due < MAX_AT_WORK;
  }
}

function overloaded(): HttpProblem {
  return new HttpProblem('overloaded', 'this process has too much to do; try again');
}

function unitsOf(bytes: number): number {
  return 1 + Math.floor(bytes / BYTES_PER_UNIT);
}
