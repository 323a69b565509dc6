import { z } from 'zod';

/** Codes of failed jobs. */
export const FAILURE_CODES = [
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
/** Codes of cancelled jobs. */
export const CANCEL_CODES = ['cancelled', 'superseded'] as const;

export const JobErrorCode = z.enum([...FAILURE_CODES, ...CANCEL_CODES]);
export type JobErrorCode = z.output<typeof JobErrorCode>;

export const JobError = z
  .strictObject({
    code: JobErrorCode.describe('Why, for programs: stable'),
    message: z.string().describe('The same for people'),
  })
  .meta({ id: 'JobError' });
export type JobError = z.output<typeof JobError>;

/** What BullMQ stores as the reason of a failure. */
export function encodeJobError(error: JobError): string {
  return JSON.stringify(error);
}

/** The inverse; anything that we did not write reads as `internal_error`, its text stays in the logs. */
export function parseJobError(failedReason: string): JobError {
  try {
    return JobError.parse(JSON.parse(failedReason));
  } catch {
    return { code: 'internal_error', message: 'the job failed in an unexpected way; the worker logged why' };
  }
}
