import type { SharedMacroStep } from '#engine';
import type { StoredSamplingTrace } from '#contract';

/** More entries than a person looks at one by one; each is about 30 bytes of the job's record. */
const MOST_ENTRIES = 64;

/** Macro-steps that stand together; rows and jobs are sums over them. */
interface Entry {
  readonly startedAt: number;
  endedAt: number;
  calls: number;
  steps: number;
  rows: number;
  batchRows: number;
  batchJobs: number;
}

/**
 * Where the time of one attempt goes. Of a long one neighbouring macro-steps stand together, so that it never
 * takes more than so much memory, nor more of the job's record.
 */
export class JobTrace {
  /** Somebody follows the job: how it goes so far is worth sending. */
  isFollowed = false;
  #ready: number | undefined;
  #store: readonly [number, number] | undefined;
  #entries: Entry[] = [];
  #callsPerEntry = 1;

  /** @param startedAt when the worker took the job; every time is milliseconds of performance.now() */
  constructor(
    private readonly attempt: number,
    private readonly startedAt: number = performance.now(),
  ) {}

  ready(now: number = performance.now()): void {
    this.#ready = now;
  }

  macroStep({ startedAt, endedAt, stepsPerCall, ownRows, numRows, numRequests }: SharedMacroStep): void {
    const counts = { calls: 1, steps: stepsPerCall, rows: ownRows, batchRows: numRows, batchJobs: numRequests };
    const last = this.#entries.at(-1);
    if (last && last.calls < this.#callsPerEntry) join(last, { startedAt, endedAt, ...counts });
    else this.#entries.push({ startedAt, endedAt, ...counts });
    if (this.#entries.length > MOST_ENTRIES) this.#halve();
  }

  stored(from: number, now: number = performance.now()): void {
    this.#store = [from, now];
  }

  /** As the job's record holds it. */
  get text(): string {
    const since = (time: number) => rounded(Math.max(time - this.startedAt, 0));
    const trace: StoredSamplingTrace = {
      attempt: this.attempt,
      ready: this.#ready === undefined ? undefined : since(this.#ready),
      macroSteps: this.#entries.map(({ startedAt, endedAt, calls, steps, rows, batchRows, batchJobs }) => {
        const mean = (sum: number) => rounded(sum / calls);
        return [since(startedAt), since(endedAt), calls, steps, mean(rows), mean(batchRows), mean(batchJobs)];
      }),
      store: this.#store && [since(this.#store[0]), since(this.#store[1])],
    };
    return JSON.stringify(trace);
  }

  #halve(): void {
    this.#callsPerEntry *= 2;
    const entries: Entry[] = [];
    for (const [i, entry] of this.#entries.entries()) {
      const last = entries.at(-1);
      if (i % 2 === 1 && last) join(last, entry);
      else entries.push(entry);
    }
    this.#entries = entries;
  }
}

function join(entry: Entry, next: Entry): void {
  entry.endedAt = Math.max(entry.endedAt, next.endedAt);
  entry.calls += next.calls;
  entry.steps += next.steps;
  entry.rows += next.rows;
  entry.batchRows += next.batchRows;
  entry.batchJobs += next.batchJobs;
}

/** To a thousandth. */
function rounded(value: number): number {
  return Math.round(value * 1e3) / 1e3;
}
