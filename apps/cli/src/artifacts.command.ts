import type { Command } from 'commander';
import { copyStore, STORE_LOCATIONS, type StoreCopy } from '#storage';
import { CommandError } from './cli-error.js';
import { storeAt } from './store-at.js';
import { Terminal } from './terminal.js';

interface CopyCommandOptions {
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

const LINE_MS = 1_000;

/** `stride artifacts`: what an installation keeps. */
export function addArtifactsCommand(program: Command): void {
  const artifacts = program.command('artifacts').description('move what an installation keeps');
  artifacts
    .command('copy <from> <to>')
    .description(`copy all artifacts and records from one store into another: ${STORE_LOCATIONS}`)
    .option('--overwrite', 'write over records that say something else there')
    .option('--json', 'print one JSON object at the end')
    .action(copy);
}

async function copy(from: string, to: string, options: CopyCommandOptions): Promise<void> {
  const terminal = new Terminal({ json: options.json ?? false });
  const [source, target] = [await storeAt(from), await storeAt(to)];
  await target.check();
  let shownAt = performance.now();
  const done = await copyStore(source, target, {
    overwrite: options.overwrite ?? false,
    onProgress: (progress) => {
      if (performance.now() - shownAt < LINE_MS) return;
      shownAt = performance.now();
      terminal.print(describe(progress));
    },
  });
  terminal.emit({ event: 'copied', ...done });
  terminal.print(describe(done));
  if (done.conflicts.length > 0)
    throw new CommandError(`these say something else there (--overwrite replaces them): ${done.conflicts.join(', ')}`);
}

function describe({ copied, copiedBytes, present, conflicts }: StoreCopy): string {
  return `${copied} copied (${copiedBytes} bytes), ${present} there already, ${conflicts.length} in conflict`;
}
