import { DdimError } from '#ddim';

/**
 * `artifact_corrupt`: something is there, but not what was stored; `artifact_missing`: it was stored, and is
 * not here.
 */
type StorageErrorCode = 'artifact_store_error' | 'storage_full' | 'artifact_corrupt' | 'artifact_missing';

/** Thrown when the disk fails, not the request: the same call may succeed later. */
export class StorageError extends DdimError {
  constructor(
    override readonly code: StorageErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(code, message, options);
  }
}

/** Thrown when the store lacks bytes that a record or an accepted job names. */
export class ArtifactMissingError extends StorageError {
  constructor(
    readonly sha256: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super('artifact_missing', message, options);
  }
}

/** Thrown when the store as it is can never do: another one, or another configuration of it, is needed. */
export class UnfitStoreError extends StorageError {
  constructor(message: string) {
    super('artifact_store_error', message);
  }
}

/** Runs file system calls; what they throw becomes a StorageError, unless it is a DdimError already. */
export async function onDisk<T>(action: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw error instanceof DdimError ? error : storageFault(action, error);
  }
}

/** Like onDisk, but undefined when the file or directory does not exist. */
export async function ifExists<T>(action: string, run: () => Promise<T>): Promise<T | undefined> {
  try {
    return await run();
  } catch (error) {
    if (errnoCode(error) === 'ENOENT') return undefined;
    throw error instanceof DdimError ? error : storageFault(action, error);
  }
}

/** The errno name of a Node error. */
export function errnoCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Paths stay out of the message: it may reach a client. */
function storageFault(action: string, cause: unknown): StorageError {
  const code = errnoCode(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new StorageError('storage_full', `cannot ${action}: ${code}`, { cause });
  return new StorageError('artifact_store_error', `cannot ${action}: ${code ?? 'unknown fault'}`, { cause });
}
