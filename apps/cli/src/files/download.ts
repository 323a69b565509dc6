import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { StrideError } from '#client';
import type { Connection } from '../connection.js';
import { startProgress } from '../terminal/progress.js';
import { requireFolderOf, unwritable } from './output-file.js';

/**
 * Streams an answer of the service to a file, because it may be larger than memory. A download that breaks
 * off leaves no file.
 * @throws CommandError when the file cannot be written or the connection breaks; StrideError when the service
 * refuses it
 */
export async function downloadFile({ client, terminal }: Connection, path: string, file: string): Promise<void> {
  requireFolderOf(file);
  const response = await fetch(`${client.baseUrl}${path}`, { headers: client.headers });
  if (!response.ok || response.body === null) throw StrideError.fromBody(await response.json(), response.status);
  const progress = startProgress(terminal, 'downloading', Number(response.headers.get('content-length') ?? 0));
  const part = `${file}.part`;
  let bytes = 0;
  const source = Readable.fromWeb(response.body).on('data', (chunk: Uint8Array) => {
    bytes += chunk.length;
    progress.update(bytes, 'bytes');
  });
  try {
    await pipeline(source, createWriteStream(part));
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true });
    throw unwritable(file, error);
  } finally {
    progress.finish();
  }
  terminal.emit({ event: 'downloaded', file, bytes });
  terminal.print(`wrote ${file} (${bytes} bytes)`);
}
