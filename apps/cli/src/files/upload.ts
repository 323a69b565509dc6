import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { StrideError } from '#client';
import { UsageError } from '../errors/cli-error.js';
import type { Connection } from '../connection.js';
import { startProgress } from '../terminal/progress.js';

/**
 * Streams a file to a route of the service, because it may be larger than memory.
 * @returns the answer and the size of the file
 * @throws UsageError when the file cannot be read; StrideError when the service refuses it
 */
export async function uploadFile(
  { client, terminal }: Connection,
  path: string,
  file: string,
): Promise<{ answer: object; bytes: number }> {
  const bytes = sizeOf(file);
  const progress = startProgress(terminal, 'uploading', bytes);
  let sent = 0;
  const stream = createReadStream(file).on('data', (chunk) => {
    sent += chunk.length;
    progress.update(sent, 'bytes');
  });
  const response = await fetch(`${client.baseUrl}${path}`, {
    method: 'PUT',
    headers: { ...client.headers, 'Content-Type': 'application/octet-stream' },
    body: Readable.toWeb(stream),
    duplex: 'half',
  });
  progress.finish();
  const answer: unknown = await response.json();
  if (!response.ok) throw StrideError.fromBody(answer, response.status);
  return { answer: Object(answer), bytes };
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
