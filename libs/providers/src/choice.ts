/** Which candidates a worker takes. Knows nothing of how they are tried. */

import { EngineError, InputError } from '#ddim';
import type { BackendChoice, BackendPlace, BackendWish } from '#training';
import type { Candidate } from './candidates.js';
import { compositeModule } from './module-urls.js';
import type { Verdict } from './trial/try-candidate.js';
import { Trials, type TrialParts } from './trials.js';

/** Why a candidate is taken. */
const REASONS = {
  named: 'STRIDE_PROVIDER names it',
  proven: 'it computes as the reference does, and faster than the processor',
  last: 'no GPU works here',
} as const;

type Works = Verdict & { readonly works: true };

/** The first candidate that works, if one does, and those before it. */
interface Search {
  readonly taken: { readonly candidate: Candidate; readonly verdict: Works } | undefined;
  readonly rejected: BackendChoice['rejected'];
}

/**
 * Takes the first candidate that computes right, and faster than the processor: for rows of our network, for
 * trainings, and for rows of imported files. Where none is left for the latter two, the processor does them.
 * @throws EngineError `no_provider` with every reason; InputError `unknown_device`
 */
export async function choose({ providers, devices }: BackendWish, parts: TrialParts): Promise<BackendChoice> {
  const trials = new Trials(parts, providers.length === 1);
  const candidates = inOrderOf(providers, parts.candidates);
  const { taken, rejected } = await firstOf(candidates, trials);
  if (!taken) throw noProvider(rejected);
  const { candidate, verdict } = taken;
  const last = parts.candidates.slice(-1);
  const others = [...candidates, ...last];
  const trainers = others.filter(({ training }) => training);
  const trainer = await firstOf(trainers, trials, trainingFaultOf);
  const runners = others.filter(({ runsFiles }) => runsFiles);
  const files = await firstOf(runners, trials);
  const chosen = devicesOf(verdict, devices);
  return {
    sampling: placeOf(candidate, files.taken?.candidate),
    training: trainer.taken?.candidate.training ?? candidate.sampling,
    ...(chosen && { devices: chosen }),
    reason: providers.length === 1 ? REASONS.named : last.includes(candidate) ? REASONS.last : REASONS.proven,
    rejected: once([...rejected, ...trainer.rejected, ...files.rejected]),
  };
}

/** All candidates of each provider in turn; without a name all of them. */
function inOrderOf(providers: readonly string[], candidates: readonly Candidate[]): readonly Candidate[] {
  if (providers.length === 0) return candidates;
  return providers.flatMap((name) => candidates.filter(({ provider }) => provider === name));
}

/** @param faultOf why one that works will not do all the same */
async function firstOf(
  candidates: readonly Candidate[],
  trials: Trials,
  faultOf: (verdict: Works) => string | undefined = () => undefined,
): Promise<Search> {
  const rejected: { provider: string; reason: string }[] = [];
  for (const candidate of candidates) {
    const verdict = await trials.verdictOn(candidate);
    const reason = verdict.works ? faultOf(verdict) : verdict.reason;
    if (reason !== undefined) rejected.push({ provider: candidate.name, reason });
    else if (verdict.works) return { taken: { candidate, verdict }, rejected };
  }
  return { taken: undefined, rejected };
}

function trainingFaultOf({ result }: Works): string | undefined {
  return result?.trainingFault && `for trainings: ${result.trainingFault}`;
}

/** Each provider with the first reason. */
function once(rejected: BackendChoice['rejected']): BackendChoice['rejected'] {
  return rejected.filter(({ provider }, i) => rejected.findIndex((one) => one.provider === provider) === i);
}

/** Kernels of our own run no files: another one does. */
function placeOf({ name, sampling, runsFiles }: Candidate, files: Candidate | undefined): BackendPlace {
  if (runsFiles || files === undefined) return sampling;
  return { module: compositeModule, options: { providers: [name, files.name] } };
}

function devicesOf({ result }: Works, wished: BackendWish['devices']): readonly string[] | undefined {
  const there = result?.info.devices ?? [];
  if (wished === undefined || typeof wished === 'number')
    return there.length > 1 ? there.slice(0, wished ?? 1) : undefined;
  const free = [...there];
  return wished.map((part) => {
    const place = free.findIndex((name) => name.toLowerCase().includes(part.toLowerCase()));
    if (place >= 0) return free.splice(place, 1)[0];
    const names = there.length === 0 ? 'there is none to choose from' : `there are ${there.join(', ')}`;
    throw new InputError('unknown_device', `STRIDE_DEVICES names ${part}, and ${names}`);
  });
}

function noProvider(rejected: BackendChoice['rejected']): EngineError {
  const reasons = rejected.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ');
  return new EngineError('no_provider', `no provider that STRIDE_PROVIDER names works here (${reasons})`);
}
