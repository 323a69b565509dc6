import { Option, type Command } from 'commander';
import { found, type Schemas } from '#client';
import { ModelFormat } from '#contract';
import { UsageError } from './cli-error.js';
import { connect, type ConnectionOptions, withConnection } from './connection.js';
import { readJsonObject } from './input-file.js';
import { formatTable } from './table.js';
import { printWarnings } from './print-warnings.js';
import { uploadFile } from './upload.js';

interface ImportOptions extends ConnectionOptions {
  readonly format: Schemas['ModelFormat'];
  readonly config?: string;
  readonly policy?: string;
}

/** `stride models`: what has been trained or imported. */
export function addModelsCommand(program: Command): void {
  const models = program.command('models').description('list, show and import models');
  withConnection(models.command('list')).description('all models with their newest version').action(list);
  withConnection(models.command('show <name>')).description('the versions and aliases of one model').action(show);
  withConnection(models.command('import <name> <file>'))
    .description('store a checkpoint of ours, or your own denoiser as ONNX, as the next version of a model')
    .addOption(new Option('--format <format>', 'of the file').choices(ModelFormat.options).default('safetensors'))
    .option('--config <file>', 'with --format onnx: JSON with what the file does not say (- is standard input)')
    .option('--policy <file>', 'JSON with what the version takes and gives as a policy')
    .action(importModel);
}

async function list(options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const { items } = found(await client.GET('/v1/models'));
  for (const model of items) terminal.emit(model);
  const rows = items.map(({ name, latestVersion, versions, aliases }) => {
    const newest = versions.find(({ version }) => version === latestVersion);
    return [
      name,
      `${latestVersion}`,
      `${newest?.parameters ?? ''}`,
      newest?.createdAt ?? '',
      parentOf(newest),
      Object.keys(aliases).join(' '),
    ];
  });
  terminal.print(formatTable(['MODEL', 'VERSION', 'PARAMETERS', 'CREATED', 'PARENT', 'ALIASES'], rows));
}

/** `name@version` of the version whose weights this one began with. */
function parentOf(version: Schemas['ModelVersion'] | undefined): string {
  const parent: unknown = version?.provenance.parent;
  if (typeof parent !== 'object' || parent === null || !('name' in parent) || !('version' in parent)) return '';
  return `${String(parent.name)}@${String(parent.version)}`;
}

async function show(name: string, options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const model = found(await client.GET('/v1/models/{name}', { params: { path: { name } } }));
  terminal.emit(model);
  terminal.print(JSON.stringify(model, undefined, 2));
}

async function importModel(name: string, file: string, options: ImportOptions): Promise<void> {
  const connection = connect(options);
  const path = `/v1/models/${encodeURIComponent(name)}/versions${importQuery(options)}`;
  const { answer, bytes } = await uploadFile(connection, path, file);
  connection.terminal.emit(answer);
  printWarnings(connection.terminal, answer);
  const version = 'version' in answer ? `@${String(answer.version)}` : '';
  connection.terminal.print(`stored ${name}${version} (${bytes} bytes)`);
}

function importQuery({ format, config, policy }: ImportOptions): string {
  if (format === 'safetensors' && config !== undefined)
    throw new UsageError('--config goes with --format onnx: a checkpoint holds its own');
  if (format === 'onnx' && config === undefined)
    throw new UsageError('--format onnx needs --config FILE: an ONNX file does not say how to sample it');
  const query = new URLSearchParams({ format });
  for (const [name, file] of Object.entries({ config, policy }))
    if (file !== undefined) query.set(name, Buffer.from(JSON.stringify(readJsonObject(file))).toString('base64url'));
  return `?${query.toString()}`;
}
