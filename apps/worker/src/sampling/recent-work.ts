import type { EngineObserver, EngineStats, MacroStepFacts, RequestFacts } from '#engine';
import type { RecentFigures } from '#contract';

const WINDOW_SECONDS = 60;
/** So long are the last seconds of who looks at the system: long enough to be steady. */
const LATELY_SECONDS = 10;
/** Durations fall into buckets that grow by 10 % from 10 µs: a quantile is off by at most half of that. */
const FIRST_BUCKET_SECONDS = 1e-5;
const GROWTH = Math.log(1.1);
const NUM_BUCKETS = 160;

/** What happened in one second. */
interface Second {
  at: number;
  rowSteps: number;
  samples: number;
  /** Batched steps. */
  batchSteps: number;
  readonly steps: Uint32Array;
  /** Seconds inside the backend by thread. */
  readonly busy: Map<number, number>;
}

/** Seconds up to now, and how long they are; less than asked for where the worker has just started. */
interface Last {
  readonly seconds: readonly Second[];
  readonly elapsed: number;
}

/** Rates and step durations. */
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
    batchSteps: 0,
    steps: new Uint32Array(NUM_BUCKETS),
    busy: new Map(),
  }));
  readonly #startedAt: number;

  /** @param now seconds of a monotonic clock */
  constructor(private readonly now: () => number = () => performance.now() / 1000) {
    this.#startedAt = now();
  }

  onMacroStep({ thread, rowSteps, seconds, stepsPerCall }: MacroStepFacts): void {
    const second = this.#present();
    second.rowSteps += rowSteps;
    second.batchSteps += stepsPerCall;
    second.busy.set(thread, (second.busy.get(thread) ?? 0) + seconds);
    const bucket = Math.floor(Math.log(seconds / stepsPerCall / FIRST_BUCKET_SECONDS) / GROWTH);
    const index = Math.min(Math.max(bucket, 0), NUM_BUCKETS - 1);
    second.steps[index] = (second.steps[index] ?? 0) + 1;
  }

  onRequest({ completedRows }: RequestFacts): void {
    this.#present().samples += completedRows;
  }

  /** Of the last minute. */
  rates(): RecentRates {
    return this.#ratesOf(this.#last(WINDOW_SECONDS));
  }

  /** Of the last seconds, thread by thread. */
  lately(threads: EngineStats['threads']): RecentFigures {
    const last = this.#last(LATELY_SECONDS);
    const { stepSeconds, ...rates } = this.#ratesOf(last);
    const rowSteps = sum(last, (second) => second.rowSteps);
    const batchSteps = sum(last, (second) => second.batchSteps);
    const { elapsed } = last;
    return {
      ...rates,
      seconds: elapsed,
      rowsPerStep: batchSteps === 0 ? null : rowSteps / batchSteps,
      stepSeconds: stepSeconds && { p50: stepSeconds.p50, p95: stepSeconds.p95, p99: stepSeconds.p99 },
      threads: threads.map(({ thread, status }) => ({
        thread,
        status,
        occupancyRatio: Math.min(1, sum(last, ({ busy }) => busy.get(thread) ?? 0) / elapsed),
      })),
    };
  }

  #last(seconds: number): Last {
    const now = this.now();
    const from = now - seconds;
    return {
      elapsed: Math.min(Math.max(now - this.#startedAt, 1), seconds),
      seconds: this.#seconds.filter(({ at }) => at > from),
    };
  }

  #ratesOf(last: Last): RecentRates {
    const steps = Array.from({ length: NUM_BUCKETS }, (_, bucket) => sum(last, (second) => second.steps[bucket] ?? 0));
    const count = steps.reduce((total, inBucket) => total + inBucket, 0);
    return {
      rowStepsPerSecond: sum(last, ({ rowSteps }) => rowSteps) / last.elapsed,
      samplesPerSecond: sum(last, ({ samples }) => samples) / last.elapsed,
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
      second.batchSteps = 0;
      second.steps.fill(0);
      second.busy.clear();
    }
    return second;
  }
}

function sum({ seconds }: Last, of: (second: Second) => number): number {
  return seconds.reduce((total, second) => total + of(second), 0);
}

/** The geometric middle of the bucket that holds the quantile. */
function quantile(steps: readonly number[], count: number, q: number): number {
  let below = 0;
  const bucket = steps.findIndex((inBucket) => (below += inBucket) >= q * count);
  return FIRST_BUCKET_SECONDS * Math.exp(GROWTH * (bucket + 0.5));
}
