import { type Command, Option } from 'commander';
import { parseNumber } from '../arguments.js';
import { connect, type ConnectionOptions, withConnection } from '../connection.js';
import { LiveTop } from './live-top.js';
import { readSystem } from './system-snapshot.js';
import { JOB_ORDERS, type JobOrder, renderSystem } from './top-view.js';

interface TopOptions extends ConnectionOptions {
  readonly interval: number;
  readonly sort: JobOrder;
}

const MOST_SECONDS = 3_600;

/** `stride top`: workers and jobs as they are now. */
export function addTopCommand(program: Command): void {
  const interval = new Option('--interval <seconds>', 'between two looks at the list of jobs');
  withConnection(program.command('top'))
    .description('a live table of queues, workers and jobs; without a terminal one plain table')
    .addOption(interval.argParser(parseNumber(0.2, MOST_SECONDS)).default(2))
    .addOption(new Option('--sort <order>', 'of the jobs').choices(JOB_ORDERS).default('state'))
    .action(top);
}

async function top(options: TopOptions): Promise<void> {
  const connection = connect(options);
  const { terminal } = connection;
  if (!terminal.json && process.stdout.isTTY && process.stdin.isTTY) return new LiveTop(connection, options).run();
  const system = await readSystem(connection.client);
  terminal.emit(system);
  terminal.print(renderSystem(system, { order: options.sort, rows: Infinity, now: Date.now() }).join('\n'));
}
