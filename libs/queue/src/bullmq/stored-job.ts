import { findCancelRecord } from '../job-cancellation.js';
import { jobIdTime, type CancelRecord, type JobKind } from '#contract';
import { CheckpointPointer } from '../job-ledger.js';
import { parseStored } from '../stored-json.js';

/** One entry of a job's event stream; `data` is JSON. */
interface StoredEvent {
  readonly type: string;
  readonly data: string;
}

/** What Redis holds about a job: BullMQ's record and state, our ledger, and its newest events. */
export interface StoredJob {
  readonly id: string;
  readonly kind: JobKind;
  readonly state: 'waiting' | 'active' | 'completed' | 'failed';
  readonly data: unknown;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly startedAt: number | undefined;
  readonly finishedAt: number | undefined;
  /** BullMQ's attemptsStarted. */
  readonly attempts: number;
  readonly failedReason: string | undefined;
  readonly returnValue: unknown;
  readonly worker: string | undefined;
  readonly cancel: CancelRecord | undefined;
  readonly pausedAt: number | undefined;
  readonly checkpoint: CheckpointPointer | undefined;
  /** Jobs that start before this one; undefined unless it waits in line. */
  readonly queuePosition: number | undefined;
  /** Newest first; read on demand. */
  readonly newestEvents: readonly StoredEvent[];
}

/** Fields of BullMQ's job hash, in the order in which `parseStoredJob` takes them. */
export const JOB_FIELDS = [
  'data',
  'timestamp',
  'processedOn',
  'finishedOn',
  'ats',
  'failedReason',
  'returnvalue',
  'pb',
] as const;
/** Fields of our ledger, likewise. */
export const LEDGER_FIELDS = ['cancel', 'pausedAt', 'checkpoint'] as const;

/** What a Date can hold, and far above any count. */
const MAX_TIME_MS = 8.64e15;

/** The answers to one job's commands. */
export interface JobAnswers {
  readonly fields: readonly (string | null)[];
  readonly ledger: readonly (string | null)[];
  readonly activeAt: number | null;
  readonly rank: number | null;
  readonly numWaiting: number;
  readonly events: readonly (readonly [id: string, fields: readonly string[]])[];
}

/**
 * A job from Redis' answers; undefined when there is no such job. What cannot be read is as good as missing,
 * so that one damaged record never hides others; of data and return value that are no JSON the text is kept,
 * which no schema takes.
 */
export function parseStoredJob(kind: JobKind, id: string, answers: JobAnswers): StoredJob | undefined {
  const [data, timestamp, processedOn, finishedOn, attempts, failedReason, returnValue, worker] = answers.fields;
  const [cancel, pausedAt, checkpoint] = answers.ledger;
  if (data === null || data === undefined) return undefined;
  const finished = toNumber(finishedOn) !== undefined;
  const hasResult = typeof returnValue === 'string';
  const state = finished ? (hasResult ? 'completed' : 'failed') : answers.activeAt === null ? 'waiting' : 'active';
  return {
    id,
    kind,
    state,
    data: fromJson(data),
    createdAt: toNumber(timestamp) ?? jobIdTime(id),
    startedAt: toNumber(processedOn),
    finishedAt: toNumber(finishedOn),
    attempts: toNumber(attempts) ?? 0,
    failedReason: failedReason ?? undefined,
    returnValue: hasResult ? fromJson(returnValue) : undefined,
    worker: worker ?? undefined,
    cancel: findCancelRecord(cancel),
    pausedAt: toNumber(pausedAt),
    checkpoint: parseStored(CheckpointPointer, checkpoint),
    queuePosition: state === 'waiting' && answers.rank !== null ? answers.rank + answers.numWaiting : undefined,
    newestEvents: answers.events.map(([, fields]) => toEvent(fields)),
  };
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function toEvent(fields: readonly string[]): StoredEvent {
  const read = (name: string) => fields[fields.indexOf(name) + 1] ?? 'null';
  return { type: read('type'), data: read('data') };
}

function toNumber(text: string | null | undefined): number | undefined {
  const number = text === null || text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) && Math.abs(number) <= MAX_TIME_MS ? number : undefined;
}
