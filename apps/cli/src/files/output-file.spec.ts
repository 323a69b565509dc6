import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { errorMessage } from '../errors/error-message.js';
import { requireFolderOf, writeOutput } from './output-file.js';

describe('A file that a command writes', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stride-output-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const nowhere = join(directory, 'absent', 'x.npy');

  /** What somebody reads of a failure. */
  function said(work: () => void): string {
    try {
      work();
    } catch (error) {
      return errorMessage(error);
    }
    return '';
  }

  it.each([
    ['before the work for it begins', () => requireFolderOf(nowhere)],
    ['when it is written', () => writeOutput(nowhere, new Uint8Array(1))],
  ])('says %s that it cannot be written, and what to do', (_when, work) => {
    expect(said(work)).toMatch(/^error: cannot write .*x\.npy: ENOENT.*\nChoose a folder /);
  });

  it('holds what it was given', () => {
    const path = join(directory, 'y.npy');
    requireFolderOf(path);
    writeOutput(path, Uint8Array.of(1, 2));
    expect([...readFileSync(path)]).toEqual([1, 2]);
  });
});
