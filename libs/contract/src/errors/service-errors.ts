import type { ErrorExplanation } from './error-explanation.js';

/** What the service itself cannot do at the moment. */
export const SERVICE_ERRORS = {
  artifact_corrupt: {
    status: 422,
    means: 'Stored bytes are not what was stored.',
    remedy: 'Have the operator restore them from a backup, or upload or train anew.',
  },
  internal_error: {
    status: 500,
    means: 'Something went wrong that nobody expected; the cause is in the log of the service.',
    remedy: 'Report it with the requestId: the log has the cause under it.',
  },
  artifact_missing: {
    status: 503,
    means: 'Bytes that a record names are not in the store.',
    remedy: 'Have the operator check that the artifact volume is mounted; then try again.',
  },
  artifact_store_error: {
    status: 503,
    means: 'The artifact store cannot be used.',
    remedy: 'Try again; the operator finds the cause in /health/ready and in the log.',
  },
  outcome_unknown: {
    status: 503,
    means: 'The connection to Redis broke while the job was being accepted; it may or may not be queued.',
    remedy: 'Send the same request again with the same Idempotency-Key.',
  },
  overloaded: {
    status: 503,
    means: 'This process has as many requests open as it takes.',
    remedy: 'Wait as long as Retry-After says, and send fewer requests at once.',
  },
  queue_full: {
    status: 503,
    means: 'As many jobs wait as the queue takes.',
    remedy: 'Wait as long as Retry-After says, or start more workers.',
  },
  queue_unavailable: {
    status: 503,
    means: 'Redis cannot be reached; nothing was accepted.',
    remedy: 'Try again; the operator finds the cause in /health/ready: `stride doctor` examines Redis.',
  },
  shutting_down: {
    status: 503,
    means: 'This process is ending.',
    remedy: 'Send the request again: another process, or the next one, answers it.',
  },
  storage_full: {
    status: 503,
    means: 'The disk of the artifact store is nearly full.',
    remedy: 'Delete datasets and model versions that nobody needs, or give the store more room.',
  },
} as const satisfies Record<string, ErrorExplanation>;
