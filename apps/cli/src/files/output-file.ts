import { accessSync, constants, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandError } from '../errors/cli-error.js';

/** Asked before the work whose result goes there. @throws CommandError when it could not be written */
export function requireFolderOf(path: string): void {
  attempt(path, () => accessSync(dirname(path), constants.W_OK));
}

/** @throws CommandError when the file cannot be written */
export function writeOutput(path: string, bytes: Uint8Array): void {
  attempt(path, () => writeFileSync(path, bytes));
}

/** What became of a file that something could not be written to. */
export function unwritable(path: string, error: unknown): CommandError {
  const why = error instanceof Error ? error.message : String(error);
  return new CommandError(`cannot write ${path}: ${why}`, 'file_unwritable');
}

function attempt(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    throw unwritable(path, error);
  }
}
