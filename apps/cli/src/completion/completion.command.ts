import { Argument, type Command } from 'commander';
import { completionScript, SHELLS, type Shell } from './completion-script.js';

/** `stride completion`: what a shell needs to complete the command line. */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('print a script that lets your shell complete commands and options')
    .addArgument(new Argument('<shell>', 'whose script').choices(SHELLS))
    .action((shell: Shell) => {
      process.stdout.write(completionScript(program, shell));
    });
}
