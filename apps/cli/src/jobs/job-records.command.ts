import { type Command } from 'commander';
import { found } from '#client';
import { connect, type ConnectionOptions, withConnection } from '../connection.js';
import { fetchResult, resultFormat, writeResult } from './sampling-result.js';
import { writeMetricsFile } from './metrics-file.js';
import { formatTable } from '../terminal/table.js';

interface ResultOptions extends ConnectionOptions {
  readonly out?: string;
}

/** What `stride jobs` shows of what a job has left behind. */
export function addJobRecordCommands(jobs: Command): void {
  withConnection(jobs.command('metrics <id>'))
    .description('loss, learning rate, gradient norm and speed of a training at each log point')
    .option('--out <file>', 'a file instead: .csv, .jsonl, or an event file of TensorBoard with tfevents in its name')
    .action(metrics);
  withConnection(jobs.command('checkpoints <id>'))
    .description('the checkpoints that a training could go on from, newest first')
    .action(checkpoints);
  withConnection(jobs.command('request <id>'))
    .description('the request of a sampling job, as stride sample --request takes it')
    .action(request);
  withConnection(jobs.command('trace <id>'))
    .description('where the time of a sampling job went: waiting, each macro-step, storing')
    .action(trace);
  withConnection(jobs.command('result <id>'))
    .description('the actions of a sampling job that has succeeded')
    .option('--out <file>', 'where they go: .json, .npy or .safetensors; default: JSON on standard output')
    .action(result);
}

async function metrics(id: string, { out, ...options }: ResultOptions): Promise<void> {
  const connection = connect(options);
  if (out !== undefined) return writeMetricsFile(connection, id, out);
  const { client, terminal } = connection;
  const { items } = found(await client.GET('/v1/training-jobs/{id}/metrics', { params: { path: { id } } }));
  for (const point of items) terminal.emit(point);
  const rows = items.map(({ step, loss, validationLoss, learningRate, gradNorm, stepsPerSecond }) => [
    `${step}`,
    loss?.toFixed(5) ?? 'not finite',
    validationLoss?.toFixed(5) ?? '',
    learningRate.toExponential(2),
    gradNorm?.toFixed(3) ?? 'not finite',
    stepsPerSecond.toFixed(0),
  ]);
  terminal.print(formatTable(['STEP', 'LOSS', 'VALIDATION', 'LEARNING RATE', 'GRADIENT NORM', 'STEPS/S'], rows));
}

async function checkpoints(id: string, options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const { items } = found(await client.GET('/v1/training-jobs/{id}/checkpoints', { params: { path: { id } } }));
  for (const checkpoint of items) terminal.emit(checkpoint);
  const rows = items.map(({ step, bytes, sha256 }) => [`${step}`, `${bytes}`, sha256]);
  terminal.print(formatTable(['STEP', 'BYTES', 'SHA-256'], rows));
}

async function request(id: string, options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const read = found(await client.GET('/v1/sampling-jobs/{id}/request', { params: { path: { id } } }));
  terminal.emit(read.request);
  terminal.print(JSON.stringify(read.request, undefined, 2));
  if (read.missing.length > 0)
    terminal.note(`put in before you send it, for it is no longer kept: ${read.missing.join(', ')}`);
}

async function trace(id: string, options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const read = found(await client.GET('/v1/sampling-jobs/{id}/trace', { params: { path: { id } } }));
  terminal.emit(read);
  terminal.print(JSON.stringify(read, undefined, 2));
}

async function result(id: string, { out, ...options }: ResultOptions): Promise<void> {
  const format = resultFormat(out);
  const connection = connect(options);
  writeResult(connection, await fetchResult(connection, id, format), out);
}
