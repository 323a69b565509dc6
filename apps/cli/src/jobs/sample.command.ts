import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { found, type Schemas, StrideError } from '#client';
import { RANGES, SAMPLING_LIMITS } from '#ddim';
import { parseInteger, parseNumber } from '../arguments.js';
import { UsageError } from '../errors/cli-error.js';
import { connect, type Connection, type ConnectionOptions, withConnection } from '../connection.js';
import { followJob } from './follow-job.js';
import { readInput, readJson, readJsonObject } from '../files/input-file.js';
import { fetchResult, resultFormat, writeResult } from './sampling-result.js';

interface SampleOptions extends ConnectionOptions {
  readonly model?: string;
  readonly observations?: string;
  readonly samples?: number;
  readonly steps?: number;
  readonly eta?: number;
  readonly seed?: number;
  readonly request?: string;
  readonly out?: string;
  readonly detach?: boolean;
}

/** `stride sample`: submits a sampling job, shows its course and fetches the result. */
export function addSampleCommand(program: Command): void {
  withConnection(program.command('sample'))
    .description('sample actions from a model')
    .option('--model <name>', 'model: name, name@version or name@alias')
    .option('--observations <file>', 'conditions [N, obsSize]: .json (- is standard input), .npy or .safetensors')
    .addOption(new Option('--samples <n>', 'samples per observation').argParser(parseInteger(1, SAMPLING_LIMITS.rows)))
    .addOption(new Option('--steps <n>', 'denoising steps').argParser(parseInteger(1, RANGES.numInferenceSteps.max)))
    .addOption(
      new Option('--eta <x>', 'noise of each step: 0 is DDIM, 1 is DDPM').argParser(
        parseNumber(RANGES.eta.min, RANGES.eta.max),
      ),
    )
    .addOption(
      new Option('--seed <n>', 'for the same bytes again').argParser(parseInteger(RANGES.seed.min, RANGES.seed.max)),
    )
    .option('--request <file>', 'JSON body of POST /v1/sampling-jobs (- is standard input); the options override it')
    .option('--out <file>', 'where the result goes: .json, .npy or .safetensors; standard output as JSON when absent')
    .option('--detach', 'do not wait for the end')
    .action(sample);
}

async function sample(options: SampleOptions): Promise<void> {
  const connection = connect(options);
  const { client, terminal } = connection;
  const format = resultFormat(options.out);
  const body = await samplingRequest(connection, options);
  const accepted = found(await client.POST('/v1/sampling-jobs', { body }));
  terminal.emit({ event: 'accepted', job: accepted });
  terminal.note(`sampling job ${accepted.id}`);
  if (options.detach === true) {
    terminal.print(accepted.id);
    return;
  }
  await followJob(connection, accepted.id);
  writeResult(connection, await fetchResult(connection, accepted.id, format), options.out);
}

/** The service checks the fields; here they only come together. */
async function samplingRequest(connection: Connection, options: SampleOptions): Promise<Schemas['SamplingRequest']> {
  const file = options.request === undefined ? {} : readJsonObject(options.request);
  const { model = file.model } = options;
  if (typeof model !== 'string') throw new UsageError('which model? --model NAME');
  const given = {
    observations: options.observations === undefined ? undefined : await observations(connection, options.observations),
    samplesPerObservation: options.samples,
    numInferenceSteps: options.steps,
    eta: options.eta,
    seed: options.seed,
  };
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...file, ...Object.fromEntries(present), model };
}

/** Binary files go ahead as an artifact; JSON travels in the request. */
async function observations(connection: Connection, path: string): Promise<unknown[] | { artifact: string }> {
  if (['.npy', '.safetensors'].includes(extname(path))) return { artifact: await upload(connection, readInput(path)) };
  const value = readJson(path);
  if (!Array.isArray(value)) throw new UsageError(`${path} must hold nested arrays [N, obsSize]`);
  return value;
}

async function upload({ client }: Connection, bytes: Buffer): Promise<string> {
  const response = await fetch(`${client.baseUrl}/v1/artifacts`, {
    method: 'PUT',
    headers: { ...client.headers, 'Content-Type': 'application/octet-stream' },
    body: new Uint8Array(bytes),
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw StrideError.fromBody(answer, response.status);
  if (typeof answer === 'object' && answer !== null && 'id' in answer && typeof answer.id === 'string')
    return answer.id;
  throw StrideError.fromBody(answer, response.status);
}
