/** What one check of `stride doctor` saw. */
export interface Finding {
  readonly name: string;
  /**
   * `problem`: Stride cannot run like this. `warning`: it runs, but worse than it could.
   * `absent`: something optional that this machine does not have.
   */
  readonly status: 'ok' | 'warning' | 'absent' | 'problem';
  readonly detail: string;
  /** What to do about it. */
  readonly remedy?: string;
}
