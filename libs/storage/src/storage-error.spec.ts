import { describe, expect, it } from 'vitest';
import { InputError } from '#ddim';
import { ifExists, onDisk } from './storage-error.js';

const failing = (code: string) => () =>
  Promise.reject(Object.assign(new Error(`${code}: open '/secret/place'`), { code }));

describe('a fault of the file system', () => {
  it.each([
    ['ENOSPC', 'storage_full'],
    ['EDQUOT', 'storage_full'],
    ['EIO', 'artifact_store_error'],
    ['EACCES', 'artifact_store_error'],
    ['EMFILE', 'artifact_store_error'],
    ['EROFS', 'artifact_store_error'],
  ])('%s is %s, and says what failed but not where', async (errno, code) => {
    for (const run of [onDisk, ifExists])
      await expect(run('write a record', failing(errno))).rejects.toMatchObject({
        name: 'StorageError',
        code,
        message: `cannot write a record: ${errno}`,
      });
  });

  it('is none where what is not there may be missing, or where the fault is another’s', async () => {
    expect(await ifExists('read a record', failing('ENOENT'))).toBeUndefined();
    const refusal = new InputError('invalid_id', 'no');
    await expect(onDisk('read a record', () => Promise.reject(refusal))).rejects.toBe(refusal);
  });
});
