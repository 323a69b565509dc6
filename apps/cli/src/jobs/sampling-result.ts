import { extname } from 'node:path';
import { StrideError } from '#client';
import { UsageError } from '../errors/cli-error.js';
import type { Connection } from '../connection.js';
import { requireFolderOf, writeOutput } from '../files/output-file.js';

/** Result formats by the ending of the file they are written to. */
const FORMATS: Readonly<Record<string, string>> = {
  '.json': 'application/json',
  '.npy': 'application/x-npy',
  '.safetensors': 'application/vnd.safetensors',
};

/**
 * The media type of a result for a file, or for standard output.
 * @throws UsageError for other endings; CommandError when the file could not be written
 */
export function resultFormat(out: string | undefined): string {
  const format = FORMATS[out === undefined ? '.json' : extname(out)];
  if (format === undefined) throw new UsageError(`--out must end in ${Object.keys(FORMATS).join(', ')}; got ${out}`);
  if (out !== undefined) requireFolderOf(out);
  return format;
}

/** @throws StrideError when the service has no result */
export async function fetchResult({ client }: Connection, id: string, format: string): Promise<Buffer> {
  const headers = { ...client.headers, Accept: format };
  const response = await fetch(`${client.baseUrl}/v1/sampling-jobs/${encodeURIComponent(id)}/result`, { headers });
  if (!response.ok) throw StrideError.fromBody(await response.json(), response.status);
  return Buffer.from(await response.arrayBuffer());
}

/** Writes a result to its file, or to standard output. */
export function writeResult({ terminal }: Connection, result: Buffer, out: string | undefined): void {
  if (out === undefined) {
    terminal.print(result.toString('utf8'));
    if (terminal.json) terminal.emit({ event: 'result', actions: JSON.parse(result.toString('utf8')) });
    return;
  }
  writeOutput(out, result);
  terminal.emit({ event: 'result', file: out, bytes: result.length });
  terminal.print(`wrote ${out} (${result.length} bytes)`);
}
