import { Option, type Command } from 'commander';
import { found, StrideError, type Schemas } from '#client';
import { RANGES, TIMESTEP_SPACINGS } from '#ddim';
import { parseInteger, parseNumber } from '../arguments.js';
import { connect, type ConnectionOptions, withConnection } from '../connection.js';
import { downloadFile } from '../files/download.js';
import { readJsonObject } from '../files/input-file.js';
import { parseModelVersion, pathOfVersion } from './model-version.js';

interface ExportOptions extends ConnectionOptions {
  readonly steps?: number;
  readonly eta?: number;
  readonly spacing?: string;
}

/** What `stride models` does with one version. */
export function addModelVersionCommands(models: Command): void {
  const { numInferenceSteps, eta } = RANGES;
  withConnection(models.command('alias <model> <alias>'))
    .description('let NAME@ALIAS mean a version, given as NAME@VERSION, from now on')
    .action(setAlias);
  withConnection(models.command('delete <model>'))
    .description('delete a version, given as NAME@VERSION, and the aliases that mean it')
    .action(remove);
  withConnection(models.command('download <model> <file>'))
    .description('write the checkpoint of NAME@VERSION to a file, which models import takes again')
    .action(download);
  withConnection(models.command('export <model> <file>'))
    .description('write the whole sampler of NAME@VERSION as one ONNX file for any ONNX runtime')
    .addOption(new Option('--steps <n>', 'denoising steps').argParser(parseInteger(1, numInferenceSteps.max)))
    .addOption(
      new Option('--eta <x>', 'above 0 the file takes its noise as an input').argParser(parseNumber(eta.min, eta.max)),
    )
    .addOption(new Option('--spacing <name>', 'how timesteps are picked').choices(TIMESTEP_SPACINGS))
    .action(exportSampler);
  withConnection(models.command('policy <model> [file]'))
    .description('show what a model takes and gives as a policy, or set it for NAME@VERSION from a JSON file')
    .action(policy);
}

async function setAlias(reference: string, alias: string, options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const { name, version } = parseModelVersion(reference);
  const params = { path: { name, alias } };
  terminal.emit(found(await client.PUT('/v1/models/{name}/aliases/{alias}', { params, body: { version } })));
  terminal.print(`${name}@${alias} is ${name}@${version}`);
}

async function remove(reference: string, options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  const { name, version } = parseModelVersion(reference);
  const params = { path: { name, version: String(version) } };
  const { response, error } = await client.DELETE('/v1/models/{name}/versions/{version}', { params });
  if (!response.ok) throw StrideError.fromBody(error, response.status);
  terminal.emit({ event: 'deleted', name, version });
  terminal.print(`deleted ${reference}`);
}

function download(reference: string, file: string, options: ConnectionOptions): Promise<void> {
  return downloadFile(connect(options), `${pathOfVersion(parseModelVersion(reference))}/checkpoint`, file);
}

function exportSampler(reference: string, file: string, options: ExportOptions): Promise<void> {
  const { steps, eta, spacing } = options;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ steps, eta, timestepSpacing: spacing }))
    if (value !== undefined) query.set(name, String(value));
  const path = `${pathOfVersion(parseModelVersion(reference))}/sampler.onnx?${query.toString()}`;
  return downloadFile(connect(options), path, file);
}

async function policy(model: string, file: string | undefined, options: ConnectionOptions): Promise<void> {
  const { client, terminal } = connect(options);
  if (file === undefined) {
    const described = found(await client.GET('/v1/policies/{model}', { params: { path: { model } } }));
    terminal.emit(described);
    terminal.print(JSON.stringify(described, undefined, 2));
    return;
  }
  const { name, version } = parseModelVersion(model);
  const params = { path: { name, version: String(version) } };
  const body = readJsonObject(file) as Schemas['PolicyInterface']; // the service checks the fields
  terminal.emit(found(await client.PUT('/v1/models/{name}/versions/{version}/policy', { params, body })));
  terminal.print(`${model} has a new description`);
}
