import { InputError } from '#ddim';

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;
/** Starts with a letter, so that an alias never reads as a version number. */
const ALIAS = /^[a-z][a-z0-9._-]{0,63}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const TRAINING_JOB = /^[A-Za-z0-9_-]{1,64}$/;

/** Whether a file's name can be that of a stored thing; whatever else lies in a directory is not ours. */
export function isName(name: string): boolean {
  return NAME.test(name);
}

/** Names become file names: nothing else may reach the disk. @throws InputError `invalid_id` */
export function checkName(kind: string, name: string): void {
  if (!NAME.test(name))
    throw invalid(kind, name, '1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter or digit');
}

/** @throws InputError `invalid_id` */
export function checkAlias(alias: string): void {
  if (!ALIAS.test(alias)) throw invalid('alias', alias, '1 to 64 of a-z, 0-9, ".", "_", "-", starting with a letter');
}

/** @throws InputError `invalid_id` */
export function checkSha256(sha256: string): void {
  if (!SHA256.test(sha256)) throw invalid('sha256', sha256, '64 hexadecimal digits');
}

/** @throws InputError `invalid_id` */
export function checkTrainingJobId(id: string): void {
  if (!TRAINING_JOB.test(id)) throw invalid('trainingJobId', id, '1 to 64 letters, digits, "_" and "-"');
}

/** The public name of stored bytes. */
export function artifactId(sha256: string): string {
  checkSha256(sha256);
  return `art_${sha256}`;
}

/** The SHA-256 in a public name. @throws InputError `invalid_id` */
export function parseArtifactId(id: string): string {
  const sha256 = id.startsWith('art_') ? id.slice(4) : '';
  if (!SHA256.test(sha256)) throw invalid('artifact', id, '"art_" and 64 hexadecimal digits');
  return sha256;
}

function invalid(kind: string, value: string, expected: string): InputError {
  return new InputError('invalid_id', `${kind} must be ${expected}, got ${JSON.stringify(value.slice(0, 80))}`, {
    field: kind,
  });
}
