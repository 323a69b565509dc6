import { join } from 'node:path';
import { checkSha256 } from '../names.js';

/**
 * Where an artifact lies: 256 directories, made once. With more of them nearly every file would need a new
 * one, whose name is to be made durable too. @throws InputError `invalid_id`
 */
export function artifactPath(root: string, sha256: string): string {
  checkSha256(sha256);
  return join(root, sha256.slice(0, 2), sha256);
}

/** Where earlier releases put it. */
export function earlierArtifactPath(root: string, sha256: string): string {
  return join(root, sha256.slice(0, 2), sha256.slice(2, 4), sha256);
}
