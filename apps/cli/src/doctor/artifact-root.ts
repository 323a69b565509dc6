import { accessSync, constants, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StorageError, STORE_LOCATIONS, storeLocation } from '#storage';
import type { Finding } from '#system';
import { UsageError } from '../errors/cli-error.js';
import { storeAt } from '../store-at.js';

const MIN_FREE_RATIO = 0.1; // below this share the API refuses uploads
const GIB = 1024 ** 3;

/** Can artifacts be written there, and is there room for them? */
export async function checkArtifactRoot(location: string): Promise<Finding> {
  if (storeLocation(location) === undefined) {
    const detail = `no store opens ${location}`;
    return { name: 'Artifacts', status: 'problem', detail, remedy: `name ${STORE_LOCATIONS}` };
  }
  const path = directoryOf(location);
  return path === undefined ? checkRemote(location) : checkDirectory(path);
}

/** Writes as a service does when it starts. */
async function checkRemote(location: string): Promise<Finding> {
  try {
    await (await storeAt(location)).check();
    return { name: 'Artifacts', status: 'ok', detail: `${location} takes what is written` };
  } catch (error) {
    if (!(error instanceof StorageError) && !(error instanceof UsageError)) throw error;
    const remedy = 'look at STRIDE_ARTIFACTS, and at the key or credentials for it';
    return { name: 'Artifacts', status: 'problem', detail: `${location}: ${error.message}`, remedy };
  }
}

function checkDirectory(path: string): Finding {
  const existing = nearestExisting(path);
  const finding = { name: 'Artifacts', detail: path };
  if (!isWritable(existing)) {
    return {
      ...finding,
      status: 'problem',
      detail: `${existing} cannot be written`,
      remedy: 'choose another place with --data-dir or STRIDE_ARTIFACTS',
    };
  }
  const { bavail, blocks, bsize } = statfsSync(existing);
  const detail = `${path}, ${((bavail * bsize) / GIB).toFixed(1)} GiB free`;
  if (bavail / blocks >= MIN_FREE_RATIO) return { ...finding, status: 'ok', detail };
  return { ...finding, status: 'warning', detail, remedy: 'free some space: below 10 % uploads are refused' };
}

/** Of a path, or of a `file:` URL; undefined for what is elsewhere. */
function directoryOf(location: string): string | undefined {
  if (location.startsWith('file:')) return fileURLToPath(location);
  return location.includes('://') ? undefined : resolve(location);
}

function nearestExisting(path: string): string {
  try {
    accessSync(path, constants.F_OK);
    return path;
  } catch {
    return nearestExisting(dirname(path)); // ends at the file system's root, which always exists
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
