import { z } from 'zod';

/** Codes of failed jobs. */
const FAILURE_CODES = [
  'non_finite_result',
  'non_finite_loss',
  'backend_error',
  'out_of_memory',
  'model_load_failed',
  'model_hangs',
  'deadline_exceeded',
  'artifact_store_error',
  'artifact_missing',
  'poisonous_job',
  'checkpoint_mismatch',
  'dataset_invalid',
  'unsupported_option',
  'invalid_request',
  'internal_error',
] as const;
/** Why a job was cancelled; also the code of its error. */
export const CancelReason = z.enum(['cancelled', 'superseded']);
export type CancelReason = z.output<typeof CancelReason>;

export const JobErrorCode = z.enum([...FAILURE_CODES, ...CancelReason.options]);
export type JobErrorCode = z.output<typeof JobErrorCode>;

export const JobError = z
  .strictObject({
    code: JobErrorCode.describe('Why, for programs: stable'),
    message: z.string().describe('The same for people'),
  })
  .meta({ id: 'JobError' });
export type JobError = z.output<typeof JobError>;

/** For what nobody expects. */
export const UNEXPECTED_FAILURE: JobError = {
  code: 'internal_error',
  message: 'the job failed in an unexpected way; the worker logged why',
};

/** The error of a job that was cancelled. */
export function cancelError(reason: CancelReason): JobError {
  return { code: reason, message: CANCEL_WORDS[reason] };
}

const CANCEL_WORDS: Readonly<Record<CancelReason, string>> = {
  cancelled: 'cancelled on request',
  superseded: 'a newer job took its place',
};

/** What BullMQ stores as the reason of a failure. */
export function encodeJobError(error: JobError): string {
  return JSON.stringify(error);
}

/** The inverse; anything that we did not write reads as `internal_error`, its text stays in the logs. */
export function parseJobError(failedReason: string): JobError {
  try {
    return JobError.parse(JSON.parse(failedReason));
  } catch {
    return UNEXPECTED_FAILURE;
  }
}
