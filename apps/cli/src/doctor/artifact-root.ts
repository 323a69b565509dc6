import { accessSync, constants, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { STORE_LOCATIONS, storeLocation } from '#storage';
import type { Finding } from '#system';

const MIN_FREE_RATIO = 0.1; // below this share the API refuses uploads
const GIB = 1024 ** 3;

/** Can artifacts be written there, and is there room for them? Of a store elsewhere the services find out. */
export function checkArtifactRoot(location: string): Finding {
  if (storeLocation(location) === undefined) {
    const detail = `no store opens ${location}`;
    return { name: 'Artifacts', status: 'problem', detail, remedy: `name ${STORE_LOCATIONS}` };
  }
  const path = directoryOf(location);
  if (path === undefined)
    return { name: 'Artifacts', status: 'ok', detail: `${location}, which API and workers look at when they start` };
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
