import type { Command } from 'commander';
import { copyStore, STORE_LOCATIONS, type StoreCopy } from '#storage';
import { CommandError } from './errors/cli-error.js';
import { connect, type ConnectionOptions, withConnection } from './connection.js';
import { downloadFile } from './files/download.js';
import { storeAt } from './store-at.js';
import { Terminal } from './terminal/terminal.js';
import { uploadFile } from './files/upload.js';

interface CopyCommandOptions {
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

const LINE_MS = 1_000;

/** `stride artifacts`: what an installation keeps. */
export function addArtifactsCommand(program: Command): void {
  const artifacts = program.command('artifacts').description('store, fetch and move what an installation keeps');
  artifacts
    .command('copy <from> <to>')
    .description(`copy all artifacts and records from one store into another: ${STORE_LOCATIONS}`)
    .option('--overwrite', 'write over records that say something else there')
    .option('--json', 'print one JSON object at the end')
    .action(copy);
  withConnection(artifacts.command('upload <file>'))
    .description('store a tensor (.npy, or .safetensors with one) for use in requests, and print its id')
    .action(upload);
  withConnection(artifacts.command('download <id> <file>'))
    .description('write the bytes of an artifact to a file')
    .action((id: string, file: string, options: ConnectionOptions) =>
      downloadFile(connect(options), `/v1/artifacts/${encodeURIComponent(id)}`, file),
    );
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
  if (done.copied + done.present + done.conflicts.length === 0)
    throw new CommandError(`there is nothing at ${from}`, 'store_empty');
  terminal.emit({ event: 'copied', ...done });
  terminal.print(describe(done));
  if (done.conflicts.length > 0)
    throw new CommandError(`these say something else there (--overwrite replaces them): ${done.conflicts.join(', ')}`);
}

async function upload(file: string, options: ConnectionOptions): Promise<void> {
  const connection = connect(options);
  const { answer } = await uploadFile(connection, '/v1/artifacts', file);
  connection.terminal.emit(answer);
  connection.terminal.print('id' in answer ? String(answer.id) : '');
}

function describe({ copied, copiedBytes, present, conflicts }: StoreCopy): string {
  return `${copied} copied (${copiedBytes} bytes), ${present} there already, ${conflicts.length} in conflict`;
}
