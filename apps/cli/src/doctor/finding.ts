/** What one check of `stride doctor` saw. */
export interface Finding {
  readonly name: string;
  /** `problem`: Stride cannot run like this. `warning`: it runs, but worse than it could. */
  readonly status: 'ok' | 'warning' | 'problem';
  readonly detail: string;
  /** What to do about it. */
  readonly remedy?: string;
}
