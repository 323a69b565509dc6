import { createReadStream, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { found, StrideError } from '#client';
import { UsageError } from './cli-error.js';
import { connect, type ConnectionOptions, withConnection } from './connection.js';
import { startProgress } from './progress.js';
import { formatTable } from './table.js';

/** `stride datasets`: what models can learn from. */
export function addDatasetsCommand(program: Command): void {
  const datasets = program.command('datasets').description('list, show, upload and delete datasets');
  withConnection(datasets.command('list')).description('all datasets').action(list);
  withConnection(datasets.command('show <name>')).description('one dataset').action(show);
  withConnection(datasets.command('upload <name> <file>'))
    .description('store a .safetensors or .npz file with observations [N, obsSize] and actions [N, horizon, dim]')
    .action(upload);
  withConnection(datasets.command('delete <name>')).description('delete a dataset').action(remove);
}

async function list(options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const { items } = found(await client.GET('/v1/datasets'));
  for (const dataset of items) terminal.emit(dataset);
  const rows = items.map(({ name, count, obsSize, actionHorizon, actionDim, createdAt }) => {
    return [name, `${count}`, `[${obsSize}]`, `[${actionHorizon}, ${actionDim}]`, createdAt];
  });
  terminal.print(formatTable(['DATASET', 'EXAMPLES', 'OBSERVATION', 'ACTIONS', 'CREATED'], rows));
}

async function show(name: string, options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const dataset = found(await client.GET('/v1/datasets/{name}', { params: { path: { name } } }));
  terminal.emit(dataset);
  terminal.print(JSON.stringify(dataset, undefined, 2));
}

/** Streams the file: a dataset may be larger than memory. */
async function upload(name: string, file: string, options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const bytes = sizeOf(file);
  const progress = startProgress(terminal, 'uploading', bytes);
  let sent = 0;
  const stream = createReadStream(file).on('data', (chunk) => {
    sent += chunk.length;
    progress.update(sent, 'bytes');
  });
  const response = await fetch(`${client.baseUrl}/v1/datasets/${encodeURIComponent(name)}`, {
    method: 'PUT',
    headers: { ...client.headers, 'Content-Type': 'application/octet-stream' },
    body: Readable.toWeb(stream),
    duplex: 'half',
  });
  progress.finish();
  const answer: unknown = await response.json();
  if (!response.ok) throw StrideError.fromBody(answer, response.status);
  terminal.emit(Object(answer));
  terminal.print(`stored ${name} (${bytes} bytes)`);
}

async function remove(name: string, options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const { response, error } = await client.DELETE('/v1/datasets/{name}', { params: { path: { name } } });
  if (!response.ok) throw StrideError.fromBody(error, response.status);
  terminal.emit({ event: 'deleted', name });
  terminal.print(`deleted ${name}`);
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
