import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { hashOf, receive } from '../blob-hash.js';
import { TemporaryFile } from '../temporary-file.js';
import type { PendingBlob, StoredBlob } from '../store.js';

const PIECE_BYTES = 1_048_576;

/**
 * Complete bytes on their way to another machine: in memory, where their sender had them, or in a file of
 * this machine, so that their hash is known before the first of them is sent, and any of them can be sent
 * again.
 */
export class PendingBytes implements PendingBlob {
  private constructor(
    private readonly blob: Pick<StoredBlob, 'sha256' | 'bytes'>,
    private readonly directory: string,
    private held: { readonly memory?: Uint8Array; readonly spooled?: TemporaryFile },
  ) {}

  /** @param directory where files may lie. @throws StorageError of the disk; what the source throws */
  static async receive(source: Uint8Array | AsyncIterable<Uint8Array>, directory: string): Promise<PendingBytes> {
    if (source instanceof Uint8Array) {
      const blob = { sha256: await hashOf(source), bytes: source.length };
      return new PendingBytes(blob, directory, { memory: source });
    }
    const spooled = await TemporaryFile.create(directory);
    try {
      const blob = await receive(source, (piece) => spooled.write(piece));
      return new PendingBytes(blob, directory, { spooled });
    } catch (error) {
      await spooled.discard();
      throw error;
    }
  }

  get sha256(): string {
    return this.blob.sha256;
  }

  get bytes(): number {
    return this.blob.bytes;
  }

  async read(): Promise<Uint8Array> {
    const { memory, spooled } = this.held;
    return memory ?? spooled?.read() ?? new Uint8Array(0);
  }

  async file(): Promise<string> {
    const { memory, spooled } = this.held;
    if (spooled) return spooled.path;
    const file = await TemporaryFile.create(this.directory);
    this.held = { memory, spooled: file };
    await file.write(memory ?? new Uint8Array(0));
    return file.path;
  }

  /** All of it from the start, each time anew. */
  stream(): Readable {
    const { memory, spooled } = this.held;
    if (memory === undefined && spooled) return createReadStream(spooled.path, { highWaterMark: PIECE_BYTES });
    return Readable.from(pieces(memory ?? new Uint8Array(0)), { objectMode: false });
  }

  /** Ends the life of the file. */
  async discard(): Promise<void> {
    await this.held.spooled?.discard();
  }
}

function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
