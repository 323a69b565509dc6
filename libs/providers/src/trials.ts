/** Which candidates work here. Knows nothing of who is taken in the end. */

import type { Candidate } from './candidates.js';
import type { Verdict } from './trial/try-candidate.js';

/** What trials are made with. */
export interface TrialParts {
  /** Best first; the last one works everywhere, and is taken without a trial. */
  readonly candidates: readonly Candidate[];
  /** Tries one in a process of its own; one that is forced need not be fast. */
  readonly attempt: (candidate: Candidate, isForced: boolean) => Promise<Verdict>;
  /** So many cores share the work that the last one does with one. */
  readonly cores: number;
}

/** Tries each candidate once, and only when somebody asks for it. */
export class Trials {
  private readonly verdicts = new Map<Candidate, Promise<Verdict>>();
  private processor: Promise<number> | undefined;

  /** @param isForced nothing else will do: what is slow, or a device in software, is taken */
  constructor(
    private readonly parts: TrialParts,
    private readonly isForced: boolean,
  ) {}

  verdictOn(candidate: Candidate): Promise<Verdict> {
    const verdict = this.verdicts.get(candidate) ?? this.find(candidate);
    this.verdicts.set(candidate, verdict);
    return verdict;
  }

  private async find(candidate: Candidate): Promise<Verdict> {
    const { candidates, attempt } = this.parts;
    if (candidate === candidates.at(-1)) return { works: true };
    const absence = candidate.absence(this.isForced);
    if (absence !== undefined) return { works: false, reason: absence };
    const verdict = await attempt(candidate, this.isForced);
    if (!verdict.works || this.isForced) return verdict;
    const [own, processor] = [rateOf(verdict), await this.processorRate()];
    if (own > processor) return verdict;
    return { works: false, reason: `slow: ${inWords(own)} row-steps/s, the processor does ${inWords(processor)}` };
  }

  /** Row-steps per second of all cores; 0 when they cannot be measured. */
  private async processorRate(): Promise<number> {
    const { candidates, attempt, cores } = this.parts;
    const last = candidates.slice(-1);
    this.processor ??= Promise.all(last.map((candidate) => attempt(candidate, false))).then(
      ([verdict]) => rateOf(verdict) * cores,
    );
    return this.processor;
  }
}

function rateOf(verdict: Verdict): number {
  return verdict.works ? (verdict.result?.rowStepsPerSecond ?? 0) : 0;
}

function inWords(rate: number): string {
  return Math.round(rate).toLocaleString('en-US');
}
