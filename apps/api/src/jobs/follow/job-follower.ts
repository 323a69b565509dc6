import { Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { JobEvents } from '#queue';
import type { JobKind } from '#contract';
import { EventStream } from './event-stream.js';
import { RequestGate } from '../../http/request-gate.js';
import { JobReader } from '../read/job-reader.js';
import { QueueConnection } from '../../queue/queue-connection.js';
import { JobFollowing } from './job-following.js';

/** Sends jobs' events to clients: one subscription per process and job wakes every client that follows it. */
@Injectable()
export class JobFollower {
  private readonly followings = new Map<string, Set<JobFollowing>>();

  constructor(
    private readonly events: JobEvents,
    private readonly reader: JobReader,
    private readonly connection: QueueConnection,
    private readonly gate: RequestGate,
  ) {
    connection.subscriber.on('message', (channel: string) => this.wake(channel));
    // What was published while the connection was away woke nobody.
    connection.subscriber.on('ready', () => {
      for (const channel of this.followings.keys()) this.wake(channel);
    });
  }

  /** Follows a job that exists until its final event, or until the client goes away. */
  async follow(kind: JobKind, jobId: string, lastEventId: string, response: Response): Promise<void> {
    const channel = this.events.keyOf(jobId);
    const { events, reader } = this;
    const following = new JobFollowing({ events, reader, kind, jobId, lastEventId, stream: new EventStream(response) });
    const followings = this.followings.get(channel) ?? new Set();
    this.followings.set(channel, followings.add(following));
    const awake = this.gate.sleep();
    response.once('close', () => {
      awake();
      this.forget(channel, following);
    });
    if (response.destroyed) return this.forget(channel, following);
    // Subscribe first, read second: what is published in between wakes the reader.
    if (followings.size === 1) await this.connection.subscriber.subscribe(channel);
    following.wake();
  }

  /** Ends every stream with the request to come back. */
  interruptAll(): void {
    for (const followings of this.followings.values()) for (const following of followings) following.interrupt();
  }

  private wake(channel: string): void {
    for (const following of this.followings.get(channel) ?? []) following.wake();
  }

  private forget(channel: string, following: JobFollowing): void {
    following.stop();
    const followings = this.followings.get(channel);
    followings?.delete(following);
    if (followings?.size !== 0) return;
    this.followings.delete(channel);
    this.connection.subscriber.unsubscribe(channel).catch(() => undefined); // disconnected: nothing is subscribed any more
  }
}
