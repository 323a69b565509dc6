import { StrideError } from '#client';
import { UsageError } from '../errors/cli-error.js';
import type { Connection } from '../connection.js';
import { writeOutput } from '../files/output-file.js';

/** What the service is asked for, by what a file's name holds. */
const TYPES = {
  '.csv': 'text/csv',
  '.jsonl': 'application/x-ndjson',
  tfevents: 'application/vnd.tensorboard.events',
} as const;
const MAX_POINTS = 20_000;

/**
 * Writes the history of a training as a file for other programs.
 * @throws UsageError for a name that says no form; StrideError with the code of the refusal
 */
export async function writeMetricsFile({ client, terminal }: Connection, id: string, out: string): Promise<void> {
  const [, type] = Object.entries(TYPES).find(([part]) => out.includes(part)) ?? [];
  if (type === undefined)
    throw new UsageError(`--out must have ${Object.keys(TYPES).join(' or ')} in its name; got ${out}`);
  const path = `${client.baseUrl}/v1/training-jobs/${encodeURIComponent(id)}/metrics?limit=${MAX_POINTS}`;
  const response = await fetch(path, { headers: { ...client.headers, accept: type } });
  if (!response.ok) throw StrideError.fromBody(await response.json().catch(() => undefined), response.status);
  writeOutput(out, new Uint8Array(await response.arrayBuffer()));
  terminal.emit({ event: 'written', id, out });
  terminal.print(`${out} is written`);
}
