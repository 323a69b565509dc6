import type { EngineObserver, MacroStepFacts, RequestFacts } from '#engine';

const WINDOW_SECONDS = 60;
/** Durations fall into buckets that grow by 10 % from 10 µs: a quantile is off by at most half of that. */
const FIRST_BUCKET_SECONDS = 1e-5;
const GROWTH = Math.log(1.1);
const NUM_BUCKETS = 160;

/** What happened in one second. */
interface Second {
  at: number;
  rowSteps: number;
  samples: number;
  readonly steps: Uint32Array;
}

/** Rates and step durations over the last minute. */
interface RecentRates {
  readonly rowStepsPerSecond: number;
  readonly samplesPerSecond: number;
  readonly stepSeconds: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly count: number;
  } | null;
}

/** The last minute of the engine's work, for heartbeats; Prometheus has its own, longer memory. */
export class RecentWork implements EngineObserver {
  readonly #seconds: Second[] = Array.from({ length: WINDOW_SECONDS }, () => ({
    at: Number.NEGATIVE_INFINITY,
    rowSteps: 0,
    samples: 0,
    steps: new Uint32Array(NUM_BUCKETS),
  }));
  readonly #startedAt: number;

  /** @param now seconds of a monotonic clock */
  constructor(private readonly now: () => number = () => performance.now() / 1000) {
    this.#startedAt = now();
  }

  onMacroStep({ rowSteps, seconds, stepsPerCall }: MacroStepFacts): void {
    const second = this.#present();
    second.rowSteps += rowSteps;
    const bucket = Math.floor(Math.log(seconds / stepsPerCall / FIRST_BUCKET_SECONDS) / GROWTH);
    const index = Math.min(Math.max(bucket, 0), NUM_BUCKETS - 1);
    second.steps[index] = (second.steps[index] ?? 0) + 1;
  }

  onRequest({ completedRows }: RequestFacts): void {
    this.#present().samples += completedRows;
  }

  rates(): RecentRates {
    const now = this.now();
    const recent = this.#seconds.filter(({ at }) => at > now - WINDOW_SECONDS);
    const elapsed = Math.min(Math.max(now - this.#startedAt, 1), WINDOW_SECONDS);
    const sum = (of: (second: Second) => number) => recent.reduce((total, second) => total + of(second), 0);
    const steps = Array.from({ length: NUM_BUCKETS }, (_, bucket) => sum((second) => second.steps[bucket] ?? 0));
    const count = steps.reduce((total, inBucket) => total + inBucket, 0);
    return {
      rowStepsPerSecond: sum(({ rowSteps }) => rowSteps) / elapsed,
      samplesPerSecond: sum(({ samples }) => samples) / elapsed,
      stepSeconds:
        count === 0
          ? null
          : {
              p50: quantile(steps, count, 0.5),
              p95: quantile(steps, count, 0.95),
              p99: quantile(steps, count, 0.99),
              count,
            },
    };
  }

  #present(): Second {
    const at = Math.floor(this.now());
    const second = this.#seconds[at % WINDOW_SECONDS];
    if (second === undefined) throw new RangeError('monotonic time is not negative');
    if (second.at !== at) {
      second.at = at;
      second.rowSteps = 0;
      second.samples = 0;
      second.steps.fill(0);
    }
    return second;
  }
}

/** The geometric middle of the bucket that holds the quantile. */
function quantile(steps: readonly number[], count: number, q: number): number {
  let below = 0;
  const bucket = steps.findIndex((inBucket) => (below += inBucket) >= q * count);
  return FIRST_BUCKET_SECONDS * Math.exp(GROWTH * (bucket + 0.5));
}
