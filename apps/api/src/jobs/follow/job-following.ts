import { Logger } from '@nestjs/common';
import { assertNever } from '#ddim';
import { LOOK_AGAIN_MS, type JobEvents, type StoredJob } from '#queue';
import { cancelError, isFinalEvent, UNEXPECTED_FAILURE, type JobEvent, type JobKind } from '#contract';
import { toProblem } from '../../http/error-answer.js';
import type { EventStream } from './event-stream.js';
import type { JobReader } from '../read/job-reader.js';
import { commonView, hasEnded, statusOf } from '../read/job-view.js';

const NO_EVENT = '0-0';

interface FollowingOptions {
  readonly events: Pick<JobEvents, 'read'>;
  readonly reader: Pick<JobReader, 'read'>;
  readonly kind: JobKind;
  readonly jobId: string;
  readonly lastEventId: string;
  readonly stream: Pick<EventStream, 'send' | 'finish' | 'interrupt'>;
}

/**
 * One client's place in one job's events. Every wake reads what came after that place, one read at a time; a
 * wake during a read makes another one follow. It looks by itself every 15 s, because wakes can get lost.
 */
export class JobFollowing {
  private readonly logger = new Logger(JobFollowing.name);
  private cursor: string;
  private reading: Promise<void> | undefined;
  private isWoken = false;
  private isStopped = false;
  private hasShownState = false;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly options: FollowingOptions) {
    this.cursor = options.lastEventId;
    this.timer = setInterval(() => this.wake(), LOOK_AGAIN_MS.following);
  }

  wake(): void {
    this.isWoken = true;
    this.reading ??= this.readAll().finally(() => {
      this.reading = undefined;
    });
  }

  stop(): void {
    this.isStopped = true;
    clearInterval(this.timer);
  }

  interrupt(): void {
    this.stop();
    this.options.stream.interrupt();
  }

  private async readAll(): Promise<void> {
    while (this.isWoken && !this.isStopped) {
      this.isWoken = false;
      try {
        await this.readOnce();
      } catch (error) {
        // Redis is away: the next wake reads on from the same place
        if (toProblem(error).status === 503) return;
        this.logger.error(error);
        return this.interrupt();
      }
    }
  }

  private async readOnce(): Promise<void> {
    const { events, jobId, stream } = this.options;
    const stored = await events.read(jobId, this.cursor);
    for (const { id, event } of stored) {
      if (this.isStopped) return;
      this.cursor = id;
      const message = { id, type: event.type, data: JSON.stringify(event) };
      if (!isFinalEvent(event)) stream.send(message);
      else return this.finish(message);
    }
    if (stored.length === 0) await this.sendPresentState();
  }

  /** Sampling streams expire after two minutes: then the job itself says how it stands. */
  private async sendPresentState(): Promise<void> {
    const { reader, kind, jobId, stream } = this.options;
    const job = await reader.read(kind, jobId);
    if (job === undefined || this.isStopped) return;
    const event = presentState(job);
    const message = { type: event.type, data: JSON.stringify(event) };
    if (hasEnded(statusOf(job))) await this.finishAfterLastEvent(message);
    else if (this.cursor === NO_EVENT && !this.hasShownState) stream.send(message);
    this.hasShownState = true;
  }

  /** A job may end between the reads of its events and of itself: then its last event is there by now. */
  private async finishAfterLastEvent(message: { type: string; data: string }): Promise<void> {
    const { events, jobId } = this.options;
    const missed = await events.read(jobId, this.cursor);
    if (missed.length > 0) this.wake();
    else this.finish(message);
  }

  private finish(message: { id?: string; type: string; data: string }): void {
    this.stop();
    this.options.stream.finish(message);
  }
}

/** A job's state in the form of the event that led there. */
function presentState(job: StoredJob): JobEvent {
  const { status, error, attempts } = commonView(job);
  switch (status) {
    case 'queued':
    case 'paused':
    case 'succeeded':
      return { type: status };
    case 'running':
      return { type: 'started', attempt: attempts, worker: job.worker ?? '', warnings: [] };
    case 'failed':
      return { type: status, error: error ?? UNEXPECTED_FAILURE };
    case 'cancelled':
      return { type: status, error: error ?? cancelError('cancelled') };
    default:
      return assertNever(status);
  }
}
