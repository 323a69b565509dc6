import type { ErrorExplanation } from './error-explanation.js';
import { FILE_ERRORS } from './file-errors.js';
import { JOB_ERRORS } from './job-errors.js';
import { REQUEST_ERRORS } from './request-errors.js';
import { SERVICE_ERRORS } from './service-errors.js';

/** Every code of a refusal and of a job's error: the one home of its status and its words. */
export const ERRORS = { ...REQUEST_ERRORS, ...JOB_ERRORS, ...FILE_ERRORS, ...SERVICE_ERRORS };

/** A stable code of a refusal, or of the error of a job. */
export type ProblemCode = keyof typeof ERRORS;

const explanations: Readonly<Record<string, ErrorExplanation>> = ERRORS;

/** What a code means; undefined for one that this release does not have. */
export function explanationOf(code: string): ErrorExplanation | undefined {
  return Object.hasOwn(explanations, code) ? explanations[code] : undefined;
}
