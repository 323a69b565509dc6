import type { ServerResponse } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import type { LiveSnapshot } from '#contract';
import { toProblem } from '../../http/error-answer.js';
import { RequestGate } from '../../http/request-gate.js';
import { EventStream, type StreamEvent } from '../../jobs/follow/event-stream.js';
import { LiveSnapshots } from './live-snapshots.js';

const EVERY_MS = 1_000;
/** A watcher whose key was revoked is sent away within so many snapshots. */
const CHECK_EVERY = 2;

/** Somebody who looks at the system. */
interface Watcher {
  /** Whether they may know of each worker. */
  readonly seesWorkers: boolean;
  /** @throws what refuses them by now */
  readonly check: () => Promise<unknown>;
}

/**
 * The system, once a second, for all who watch it: a snapshot is taken once, written once for each audience,
 * and only while somebody watches.
 */
@Injectable()
export class LiveFeed {
  private readonly logger = new Logger(LiveFeed.name);
  private readonly watchers = new Map<EventStream, Watcher>();
  private timer: NodeJS.Timeout | undefined;
  private latest: ((watcher: Watcher) => StreamEvent) | undefined;
  private numTaken = 0;

  constructor(
    private readonly snapshots: LiveSnapshots,
    private readonly gate: RequestGate,
  ) {}

  /** Sends the newest snapshot at once, and all later ones until the client goes away. */
  watch(watcher: Watcher, response: ServerResponse): void {
    if (response.destroyed) return;
    const stream = new EventStream(response);
    const awake = this.gate.sleep();
    this.watchers.set(stream, watcher);
    response.once('close', () => {
      awake();
      this.watchers.delete(stream);
      if (this.watchers.size === 0) this.rest();
    });
    if (this.latest !== undefined) stream.send(this.latest(watcher));
    if (this.timer === undefined) this.takeIn(0);
  }

  /** Ends every stream with the request to come back. */
  interruptAll(): void {
    for (const stream of this.watchers.keys()) stream.interrupt();
  }

  private rest(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.latest = undefined;
  }

  private takeIn(ms: number): void {
    const timer = setTimeout(() => {
      const isOver = () => this.timer !== timer; // nobody watched meanwhile
      this.takeAndGoOn(isOver).catch((error: unknown) => this.logger.error(String(error)));
    }, ms);
    this.timer = timer;
  }

  private async takeAndGoOn(isOver: () => boolean): Promise<void> {
    const dueAt = performance.now() + EVERY_MS;
    try {
      await this.take(isOver);
    } finally {
      if (!isOver()) this.takeIn(Math.max(0, dueAt - performance.now()));
    }
  }

  private async take(isOver: () => boolean): Promise<void> {
    this.numTaken += 1;
    if (this.numTaken % CHECK_EVERY === 0) this.checkAll();
    const latest = await this.snapshots.take().then(written, unavailable);
    if (isOver()) return;
    this.latest = latest;
    for (const [stream, watcher] of this.watchers) stream.send(latest(watcher));
  }

  private checkAll(): void {
    for (const [stream, { check }] of this.watchers)
      check().catch((error: unknown) => {
        const problem = toProblem(error);
        // while Redis is away nobody can be looked up
        if (problem.status < 500) stream.finish({ type: 'refused', data: JSON.stringify(problem.body()) });
      });
  }
}

/** A snapshot as each audience gets it, written when the first of it asks. */
function written(snapshot: LiveSnapshot): (watcher: Watcher) => StreamEvent {
  const texts = new Map<boolean, string>();
  return ({ seesWorkers }) => {
    const known = texts.get(seesWorkers);
    const data = known ?? JSON.stringify(seesWorkers ? snapshot : { ...snapshot, workers: null });
    if (known === undefined) texts.set(seesWorkers, data);
    return { type: 'snapshot', data };
  };
}

function unavailable(error: unknown): () => StreamEvent {
  const data = JSON.stringify(toProblem(error).body());
  return () => ({ type: 'unavailable', data });
}
