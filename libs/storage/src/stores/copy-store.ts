import { StorageError } from '../storage-error.js';
import { allPages, type Store } from './store.js';

/** What was done, so far or in all. */
export interface StoreCopy {
  /** Blobs and records that were copied. */
  readonly copied: number;
  readonly copiedBytes: number;
  /** That were there already. */
  readonly present: number;
  /** Keys of records that say something else there, and were left alone. */
  readonly conflicts: readonly string[];
}

interface CopyOptions {
  /** Whether records that say something else are written over. */
  readonly overwrite: boolean;
  /** Called after each blob and record. */
  readonly onProgress: (done: StoreCopy) => void;
}

/** Below the root of a store lies nothing else that is worth keeping. */
const ROOT_RECORD = 'installation.json';
const FOLDERS = ['models/', 'datasets/', 'verdicts/'];

/**
 * Copies what one store holds into another: first all blobs, each verified on its way, then the records that
 * name them. Begun again it leaves alone what is there. @throws StorageError; InputError `invalid_id`
 */
export async function copyStore(from: Store, to: Store, { overwrite, onProgress }: CopyOptions): Promise<StoreCopy> {
  let done: StoreCopy = { copied: 0, copiedBytes: 0, present: 0, conflicts: [] };
  const add = (change: Partial<StoreCopy>): void => onProgress((done = { ...done, ...change }));
  for await (const { sha256, bytes } of allPages((after) => from.blobs.list(after))) {
    if (await copyBlob(from, to, { sha256, bytes }))
      add({ copied: done.copied + 1, copiedBytes: done.copiedBytes + bytes });
    else add({ present: done.present + 1 });
  }
  for await (const key of keysOf(from)) {
    const text = (await from.records.read(key))?.text;
    if (text === undefined) continue;
    const outcome = await copyRecord(to, key, { text, overwrite });
    if (outcome === 'copied') add({ copied: done.copied + 1, copiedBytes: done.copiedBytes + text.length });
    else if (outcome === 'present') add({ present: done.present + 1 });
    else add({ conflicts: [...done.conflicts, key] });
  }
  return done;
}

/** False: it was there. */
async function copyBlob(from: Store, to: Store, blob: { sha256: string; bytes: number }): Promise<boolean> {
  const { sha256, bytes } = blob;
  if ((await to.blobs.stat(sha256))?.bytes === bytes) return false;
  const opened = await from.blobs.open(sha256);
  if (opened === undefined) return false; // swept since it was listed
  await to.blobs.put(opened.stream, (pending) => {
    if (pending.sha256 === sha256) return Promise.resolve();
    return Promise.reject(new StorageError('artifact_corrupt', `${sha256} holds other bytes than were stored`));
  });
  return true;
}

async function copyRecord(
  to: Store,
  key: string,
  { text, overwrite }: { readonly text: string; readonly overwrite: boolean },
): Promise<'copied' | 'present' | 'conflict'> {
  if ((await to.records.write(key, text, 'absent')) !== undefined) return 'copied';
  if ((await to.records.read(key))?.text === text) return 'present';
  if (!overwrite) return 'conflict';
  await to.records.write(key, text);
  return 'copied';
}

async function* keysOf(store: Store): AsyncGenerator<string> {
  for (const folder of FOLDERS) yield* keysIn(store, folder);
  yield ROOT_RECORD; // last: whoever finds it finds everything
}

async function* keysIn(store: Store, folder: string): AsyncGenerator<string> {
  for await (const name of allPages((after) => store.records.list(folder, after)))
    if (name.endsWith('/')) yield* keysIn(store, `${folder}${name}`);
    else yield `${folder}${name}`;
}
