import { Option, type Command } from 'commander';
import { found, type Schemas, type StrideClient } from '#client';
import { ModelFormat } from '#contract';
import { UsageError } from '../errors/cli-error.js';
import { connect, type ConnectionOptions, withConnection } from '../connection.js';
import { readJsonObject } from '../files/input-file.js';
import { parseModelVersion } from './model-version.js';
import { addModelVersionCommands } from './model-versions.command.js';
import { formatTable } from '../terminal/table.js';
import { printWarnings } from '../terminal/print-warnings.js';
import { uploadFile } from '../files/upload.js';

interface ImportOptions extends ConnectionOptions {
  readonly format: Schemas['ModelFormat'];
  readonly config?: string;
  readonly policy?: string;
}

/** `stride models`: what has been trained or imported. */
export function addModelsCommand(program: Command): void {
  const models = program.command('models').description('list, show, import, export, name and delete models');
  withConnection(models.command('list')).description('all models with their newest version').action(list);
  withConnection(models.command('show <model>'))
    .description('the versions and aliases of a model, or one version given as NAME@VERSION')
    .action(show);
  withConnection(models.command('import <name> <file>'))
    .description('store a checkpoint of ours, or your own denoiser as ONNX, as the next version of a model')
    .addOption(new Option('--format <format>', 'of the file').choices(ModelFormat.options).default('safetensors'))
    .option('--config <file>', 'with --format onnx: JSON with what the file does not say (- is standard input)')
    .option('--policy <file>', 'JSON with what the version takes and gives as a policy')
    .action(importModel);
  addModelVersionCommands(models);
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

async function show(reference: string, options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const model = reference.includes('@') ? await readVersion(client, reference) : await readModel(client, reference);
  terminal.emit(model);
  terminal.print(JSON.stringify(model, undefined, 2));
}

async function readModel(client: StrideClient, name: string): Promise<Schemas['Model']> {
  return found(await client.GET('/v1/models/{name}', { params: { path: { name } } }));
}

async function readVersion(client: StrideClient, reference: string): Promise<Schemas['ModelVersion']> {
  const { name, version } = parseModelVersion(reference);
  const params = { path: { name, version: String(version) } };
  return found(await client.GET('/v1/models/{name}/versions/{version}', { params }));
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
