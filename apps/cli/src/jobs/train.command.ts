import { type Command, Option } from 'commander';
import { found, type Schemas } from '#client';
import { PRESET_NAMES, RANGES } from '#ddim';
import { parseInteger } from '../arguments.js';
import { CommandError, UsageError } from '../errors/cli-error.js';
import { connect, type ConnectionOptions, withConnection } from '../connection.js';
import { followJob } from './follow-job.js';
import { readJsonObject } from '../files/input-file.js';
import { printWarnings } from '../terminal/print-warnings.js';

interface TrainOptions extends ConnectionOptions {
  readonly model?: string;
  readonly dataset?: string;
  readonly preset?: string;
  readonly steps?: number;
  readonly request?: string;
  readonly policy?: string;
  readonly detach?: boolean;
}

/** `stride train`: submits a training job and shows its course. */
export function addTrainCommand(program: Command): void {
  withConnection(program.command('train'))
    .description('train a model on a dataset of the service')
    .option('--model <name>', 'model that gets a new version')
    .option('--dataset <name>', 'what to learn from (see: stride datasets upload)')
    .addOption(new Option('--preset <name>', 'where all settings start from').choices(PRESET_NAMES))
    .addOption(new Option('--steps <n>', 'optimiser steps').argParser(parseInteger(RANGES.steps.min, RANGES.steps.max)))
    .option('--request <file>', 'JSON body of POST /v1/training-jobs (- is standard input); the options override it')
    .option('--policy <file>', 'JSON with what the version takes and gives as a policy (see docs/policy-socket.md)')
    .option('--detach', 'do not wait for the end')
    .action(train);
}

async function train(options: TrainOptions): Promise<void> {
  const connection = connect(options);
  const { client, terminal } = connection;
  const accepted = found(await client.POST('/v1/training-jobs', { body: trainingRequest(options) }));
  terminal.emit({ event: 'accepted', job: accepted });
  terminal.note(`training job ${accepted.id}`);
  printWarnings(terminal, accepted);
  if (options.detach === true) {
    terminal.print(accepted.id);
    return;
  }
  const job = await followJob(connection, accepted.id);
  if (job.kind !== 'training' || job.result === null) throw new CommandError(`${job.id} has no model`);
  const { name, version } = job.result.model;
  terminal.print(`trained ${name}@${version} in ${(job.timings.runSeconds ?? 0).toFixed(1)} s`);
}

/** Puts file and options together; the service checks the fields and names the wrong ones. */
function trainingRequest(options: TrainOptions): Schemas['TrainingRequest'] {
  const file = options.request === undefined ? {} : readJsonObject(options.request);
  const { model = file.model, dataset = file.dataset, preset = file.preset } = options;
  if (typeof model !== 'string') throw new UsageError('which model? --model NAME');
  if (typeof dataset !== 'string') throw new UsageError('which dataset? --dataset NAME');
  const training = { ...asObject(file.training), ...(options.steps === undefined ? {} : { steps: options.steps }) };
  return {
    ...file,
    model,
    dataset,
    ...(preset === undefined ? {} : { preset }),
    training,
    ...(options.policy === undefined ? {} : { policy: readJsonObject(options.policy) }),
  } as Schemas['TrainingRequest'];
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
