/** What an observation has become. */
export interface Plan {
  /** Number of the observation in its session, from 0. */
  readonly chunk: number;
  readonly jobId: string;
  readonly seed: number;
  /** [samples, horizon, dim], row-major. */
  readonly shape: readonly number[];
  readonly actions: Float32Array;
  /** Steps that were kept of the plan before, as they will have been executed; 0: there was none. */
  readonly delaySteps: number;
  /** From the plan before to this one where it takes over; undefined: it continues none. */
  readonly seamJump: number | undefined;
  /** When each step is due, in seconds; undefined where nobody said how many there are per second. */
  readonly times: Float64Array | undefined;
  readonly timing: {
    readonly totalMs: number;
    readonly previousTotalMs: number | undefined;
    readonly queuedMs: number | undefined;
    readonly runMs: number | undefined;
    readonly denoiseMs: number | undefined;
  };
}
