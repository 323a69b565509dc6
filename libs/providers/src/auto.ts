import { usableCores } from '#engine';
import type { BackendLibrary } from '#training';
import { CANDIDATES, type Candidate } from './candidates.js';
import { choose } from './choice.js';
import { NARROW_CONFIG, TRIAL_CONFIG } from './trial/trial-workload.js';
import { tryCandidate, type Verdict } from './trial/try-candidate.js';
import { Trials, type TrialParts } from './trials.js';

/** What became of one candidate on this machine. */
interface CandidateStatus {
  readonly name: string;
  readonly verdict: Verdict;
}

/** Whatever of our own kernels and ONNX Runtime works best here, as a worker knows it. */
export const auto: BackendLibrary = {
  providers: [...new Set(CANDIDATES.map(({ provider }) => provider))],
  choose: (wish) => choose(wish, parts()),
};

/** Tries every candidate, for diagnosis: a worker that is told nothing takes the first that works. */
export async function examineCandidates(): Promise<readonly CandidateStatus[]> {
  const trials = new Trials(parts(), false);
  const statuses: CandidateStatus[] = [];
  for (const candidate of CANDIDATES) {
    const verdict = await trials.verdictOn(candidate);
    const isTried = !verdict.works || verdict.result !== undefined;
    statuses.push({ name: candidate.name, verdict: isTried ? verdict : await attempt(candidate, false) });
  }
  return statuses;
}

function parts(): TrialParts {
  return { candidates: CANDIDATES, attempt, cores: usableCores() };
}

function attempt(candidate: Candidate, isForced: boolean): Promise<Verdict> {
  const { sampling, training } = candidate;
  const isLast = candidate === CANDIDATES.at(-1);
  const config = isForced ? NARROW_CONFIG : TRIAL_CONFIG;
  return tryCandidate({ sampling, ...(!isLast && { training }), config });
}
