import { createWriteStream, openSync, renameSync, type WriteStream } from 'node:fs';
import { once } from 'node:events';

interface LogFileLimits {
  /** Of one file. */
  readonly maxBytes: number;
  /** With the one that is being written. */
  readonly numFiles: number;
}

const DEFAULT_LIMITS: LogFileLimits = { maxBytes: 16 * 1_024 * 1_024, numFiles: 5 };

/**
 * A log that never grows beyond its limits: a new file begins at each start, and whenever the present one is
 * full. Former ones are `path.1`, `path.2` and so on; the oldest goes.
 */
export class LogFile {
  readonly #path: string;
  readonly #limits: LogFileLimits;
  readonly #ending: Promise<unknown>[] = [];
  #stream: WriteStream;
  #bytes = 0;

  /** @throws Error where the directory cannot be written */
  constructor(path: string, limits: LogFileLimits = DEFAULT_LIMITS) {
    this.#path = path;
    this.#limits = limits;
    this.#stream = this.#begin();
  }

  /** Never waits and never throws: a disk that is full costs lines. */
  write(line: string): void {
    const bytes = Buffer.byteLength(line) + 1;
    if (this.#bytes > 0 && this.#bytes + bytes > this.#limits.maxBytes) this.#rotate();
    this.#bytes += bytes;
    this.#stream.write(`${line}\n`);
  }

  /** Resolves when all is on the disk, or lost. */
  async end(): Promise<void> {
    this.#finish();
    await Promise.all(this.#ending);
  }

  #rotate(): void {
    const full = this.#stream;
    try {
      this.#stream = this.#begin();
    } catch {
      return; // it grows on rather than lose lines
    }
    this.#ending.push(once(full.end(), 'close'));
    this.#bytes = 0;
  }

  #finish(): void {
    this.#ending.push(once(this.#stream.end(), 'close'));
  }

  #begin(): WriteStream {
    const nameOf = (age: number): string => (age === 0 ? this.#path : `${this.#path}.${age}`);
    for (let age = this.#limits.numFiles - 2; age >= 0; age--) renameIfThere(nameOf(age), nameOf(age + 1));
    // opened now: a stream that opens its file later could take the name of the next one
    const stream = createWriteStream('', { fd: openSync(this.#path, 'w', 0o600) });
    stream.on('error', () => undefined);
    return stream;
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch {
    // there are not so many yet
  }
}
