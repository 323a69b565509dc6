import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { CommandError } from '../errors/cli-error.js';

/** A new file that only its owner can read. */
export class SecretFile {
  readonly #descriptor: number;

  /** @throws CommandError when there is such a file, or none can be written */
  constructor(private readonly path: string) {
    try {
      this.#descriptor = openSync(path, 'wx', 0o600);
    } catch (error) {
      throw new CommandError(`cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`);
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
