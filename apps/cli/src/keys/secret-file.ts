import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { unwritable } from '../files/output-file.js';

/** A new file that only its owner can read. */
export class SecretFile {
  readonly #descriptor: number;

  /** @throws CommandError when there is such a file, or none can be written */
  constructor(private readonly path: string) {
    try {
      this.#descriptor = openSync(path, 'wx', 0o600);
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  write(secret: string): void {
    writeSync(this.#descriptor, `${secret}\n`);
    closeSync(this.#descriptor);
  }

  /** It is not needed. */
  discard(): void {
    closeSync(this.#descriptor);
    rmSync(this.path);
  }
}
