/** What a stable error code means, and what to do about it. */
export interface ErrorExplanation {
  /** HTTP status of a refusal; absent where no answer has the code, but the end of a job or of a session. */
  readonly status?: number;
  /** What is wrong, in a sentence. */
  readonly means: string;
  /** What whoever meets it does next, in a sentence. */
  readonly remedy: string;
}
