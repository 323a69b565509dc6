import { z } from 'zod';
import { InputError } from '#ddim';

/** Holds whose the name of a model is. */
export const OWNER_FILE = 'owner.json';

/**
 * Whose a name is. With `jobs` only until all of these have ended, unless there is a version by then; without
 * them for good, as in records of earlier releases.
 */
export const NameClaim = z.object({ owner: z.string(), jobs: z.array(z.string()).optional() });
export type NameClaim = z.output<typeof NameClaim>;

/** No name of an owner: what a damaged record says belongs to nobody. */
export const NOBODY: NameClaim = { owner: '' };

/**
 * A job that was given up may still run somewhere, and its name be another one's by now.
 * @param state of the model @throws InputError `checkpoint_mismatch`
 */
export function requireClaim(
  state: { readonly claim: NameClaim | undefined; readonly highestVersion: number },
  trainingJobId: string,
): void {
  const jobs = state.highestVersion === 0 ? state.claim?.jobs : undefined;
  if (jobs === undefined || jobs.includes(trainingJobId)) return;
  throw new InputError('checkpoint_mismatch', `the name of its model is not ${trainingJobId}'s any more`);
}
