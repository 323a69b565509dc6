import { z } from 'zod';

/** Name of a model or dataset. */
const NAME_PATTERN = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** Alias of a model version; starts with a letter, so that it never reads as a version number. */
const ALIAS_PATTERN = /^[a-z][a-z0-9._-]{0,63}$/;
/** Content-addressed bytes. */
const ARTIFACT_PATTERN = /^art_[0-9a-f]{64}$/;
/** `name`, `name@3` or `name@alias`. */
const MODEL_REFERENCE_PATTERN = /^[a-z0-9][a-z0-9._-]{0,63}(?:@(?:[1-9][0-9]{0,8}|[a-z][a-z0-9._-]{0,63}))?$/;

export const ResourceName = z
  .string()
  .regex(NAME_PATTERN, 'expected a name: 1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter or digit')
  .describe('1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter or digit');
export const Alias = z
  .string()
  .regex(ALIAS_PATTERN, 'expected an alias: 1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter')
  .describe('1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter');
export const ArtifactId = z
  .string()
  .regex(ARTIFACT_PATTERN, 'expected "art_" and 64 hexadecimal digits')
  .describe('art_ and the SHA-256 of the bytes');
export const ModelReference = z
  .string()
  .regex(MODEL_REFERENCE_PATTERN, 'expected a model: name, name@version or name@alias');
export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits');

/** ISO 8601 time in UTC. */
export const Timestamp = z.iso.datetime();
