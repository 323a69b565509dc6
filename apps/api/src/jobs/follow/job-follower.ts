import type { ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { JobKind } from '#contract';
import { EventStream } from './event-stream.js';
import { RequestGate } from '../../http/request-gate.js';
import { JobReader } from '../read/job-reader.js';
import { QueueShards } from '../../queue/queue-shards.js';
import { JobFollowing } from './job-following.js';

/** Sends jobs' events to clients: one subscription per process and job wakes every client that follows it. */
@Injectable()
export class JobFollower {
  private readonly followings = new Set<JobFollowing>();

  constructor(
    private readonly shards: QueueShards,
    private readonly reader: JobReader,
    private readonly gate: RequestGate,
  ) {}

  /** Follows a job that exists until its final event, or until the client goes away. */
  async follow(kind: JobKind, jobId: string, lastEventId: string, response: ServerResponse): Promise<void> {
    if (response.destroyed) return;
    const { events, wakes } = this.shards.holding(jobId);
    const { reader } = this;
    const channel = events.keyOf(jobId);
    const following = new JobFollowing({ events, reader, kind, jobId, lastEventId, stream: new EventStream(response) });
    const wake = () => following.wake();
    const awake = this.gate.sleep();
    this.followings.add(following);
    response.once('close', () => {
      awake();
      following.stop();
      this.followings.delete(following);
      wakes.unsubscribe(channel, wake);
    });
    // It is woken once it is subscribed: what is published from then on wakes it again.
    await wakes.subscribe(channel, wake);
  }

  /** Ends every stream with the request to come back. */
  interruptAll(): void {
    for (const following of this.followings) following.interrupt();
  }
}
