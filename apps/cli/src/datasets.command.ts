import type { Command } from 'commander';
import { found, StrideError } from '#client';
import { connect, type ConnectionOptions, withConnection } from './connection.js';
import { formatTable } from './terminal/table.js';
import { printWarnings } from './terminal/print-warnings.js';
import { uploadFile } from './files/upload.js';

/** `stride datasets`: what models can learn from. */
export function addDatasetsCommand(program: Command): void {
  const datasets = program.command('datasets').description('list, show, measure, upload and delete datasets');
  withConnection(datasets.command('list')).description('all datasets').action(list);
  withConnection(datasets.command('show <name>')).description('one dataset').action(show);
  withConnection(datasets.command('stats <name>'))
    .description('range, mean and deviation of each dimension')
    .action(stats);
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

async function stats(name: string, options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const params = { path: { name } };
  const statistics = found(await client.GET('/v1/datasets/{name}/statistics', { params }));
  terminal.emit(statistics);
  const { observations, actions } = statistics;
  const rows = Object.entries({ observation: observations, action: actions }).flatMap(([array, dimensions]) =>
    dimensions.map(({ min, max, mean, deviation }, dimension) => [
      `${array}[${dimension}]`,
      ...[min, max, mean, deviation].map((value) => value.toPrecision(5)),
    ]),
  );
  terminal.print(formatTable(['DIMENSION', 'MIN', 'MAX', 'MEAN', 'DEVIATION'], rows));
}

async function upload(name: string, file: string, options: ConnectionOptions): Promise<void> {
  const connection = connect(options);
  const { answer, bytes } = await uploadFile(connection, `/v1/datasets/${encodeURIComponent(name)}`, file);
  connection.terminal.emit(answer);
  printWarnings(connection.terminal, answer);
  connection.terminal.print(`stored ${name} (${bytes} bytes)`);
}

async function remove(name: string, options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const { response, error } = await client.DELETE('/v1/datasets/{name}', { params: { path: { name } } });
  if (!response.ok) throw StrideError.fromBody(error, response.status);
  terminal.emit({ event: 'deleted', name });
  terminal.print(`deleted ${name}`);
}
