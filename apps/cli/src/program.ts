import { Command, CommanderError } from 'commander';
import { UsageError } from './errors/cli-error.js';
import { addArtifactsCommand } from './artifacts.command.js';
import { DdimError } from '#ddim';
import { addBenchCommand } from './bench.command.js';
import { addDatasetsCommand } from './datasets.command.js';
import { addDoctorCommand } from './doctor.command.js';
import { addCompletionCommand } from './completion/completion.command.js';
import { errorMessage } from './errors/error-message.js';
import { addJobsCommand } from './jobs/jobs.command.js';
import { addKeysCommand } from './keys/keys.command.js';
import { addModelsCommand } from './models/models.command.js';
import { addSampleCommand } from './jobs/sample.command.js';
import { addTrainCommand } from './jobs/train.command.js';
import { packageVersion } from './package-version.js';
import { addUpCommand } from './up.command.js';
import { addServiceCommands } from './service/service.command.js';
import { addTopCommand } from './service/top.command.js';
import { addWebhooksCommand } from './webhooks.command.js';

const FAILED = 1;
const WRONG_USAGE = 2;

/** The command line `stride`. */
export function createProgram(): Command {
  const program = new Command('stride')
    .description('Train and sample DDIM diffusion models through a distributed work queue')
    .version(packageVersion())
    .showHelpAfterError('(--help says more)');
  addUpCommand(program);
  addDoctorCommand(program);
  addTrainCommand(program);
  addSampleCommand(program);
  addJobsCommand(program);
  addModelsCommand(program);
  addDatasetsCommand(program);
  addArtifactsCommand(program);
  addKeysCommand(program);
  addWebhooksCommand(program);
  addServiceCommands(program);
  addTopCommand(program);
  addBenchCommand(program);
  addCompletionCommand(program);
  throwInsteadOfExit(program);
  return program;
}

/** Commander does not hand this down to commands by itself. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const child of command.commands) throwInsteadOfExit(child);
}

/** Runs one command line. @returns the exit code: 0, 1 for a failure, 2 for wrong usage */
export async function run(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // it has printed its message
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : WRONG_USAGE;
    process.stderr.write(`${errorMessage(error)}\n`);
    return isWrongUsage(error) ? WRONG_USAGE : FAILED;
  }
}

/** A port that somebody else has is one that the user asked for. */
function isWrongUsage(error: unknown): boolean {
  return error instanceof UsageError || (error instanceof DdimError && error.code === 'port_in_use');
}
