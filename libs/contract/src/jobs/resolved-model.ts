import { z } from 'zod';
import { ResourceName, Sha256 } from '../names.js';

/**
 * The hashes say which bytes are meant, `settings` those of an imported denoiser beside its file; the name is
 * for people.
 */
export const ResolvedModel = z.strictObject({
  name: ResourceName,
  version: z.int().min(1),
  sha256: Sha256,
  settings: Sha256.optional(),
});
export type ResolvedModel = z.output<typeof ResolvedModel>;
