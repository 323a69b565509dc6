import { InputError } from '#ddim';
import { artifactId } from '../names.js';
import { ArtifactMissingError } from '../storage-error.js';

/**
 * Reads bytes that a record or an accepted job names. They were stored once: if they are not here, that is
 * not the fault of whoever asks.
 * @throws ArtifactMissingError; what `read` throws for another reason
 */
export async function recordedArtifact<Found>(sha256: string, read: () => Promise<Found>): Promise<Found> {
  try {
    return await read();
  } catch (cause) {
    if (!(cause instanceof InputError && cause.code === 'artifact_not_found')) throw cause;
    throw new ArtifactMissingError(sha256, `the artifact store lacks ${artifactId(sha256)}, which it was given`, {
      cause,
    });
  }
}
