import { type Command, Option } from 'commander';
import { DEFAULT_DATA_DIRECTORY, parseInteger } from './arguments.js';
import { Terminal } from './terminal/terminal.js';

interface UpOptions {
  readonly port: number;
  readonly apis: number;
  readonly workers: number;
  readonly dataDir: string;
  readonly redis?: string;
  readonly policy?: string;
  readonly policyPort?: number;
  readonly json?: boolean;
}

const MAX_PORT = 65_535;
const MAX_APIS = 16;
const MAX_WORKERS = 64;

/** `stride up`: the whole system on this machine. */
export function addUpCommand(program: Command): void {
  const port = new Option('--port <n>', 'port of the API, 0 takes a free one');
  const apis = new Option(
    '--apis <n>',
    'processes of the API, on the ports from --port on; any of them answers for all',
  );
  const workers = new Option('--workers <n>', 'worker processes');
  const policyPort = new Option('--policy-port <n>', 'a port where robots get that policy and nothing else');
  program
    .command('up')
    .description('start Redis (unless one is given), the API and workers, and keep them running')
    .addOption(port.argParser(parseInteger(0, MAX_PORT)).default(3000))
    .addOption(apis.argParser(parseInteger(1, MAX_APIS)).default(1))
    .addOption(workers.argParser(parseInteger(0, MAX_WORKERS)).default(1))
    .option('--data-dir <dir>', 'where queue, models and artifacts are kept', DEFAULT_DATA_DIRECTORY)
    .addOption(new Option('--redis <url>', 'use this Redis instead of one of our own').env('REDIS_URL'))
    .addOption(
      new Option('--policy <model>', 'what robots get that name none, such as robot@stable').env('STRIDE_POLICY'),
    )
    .addOption(policyPort.argParser(parseInteger(0, MAX_PORT)).env('STRIDE_POLICY_PORT'))
    .option('--json', 'print one JSON line when ready')
    .action(up);
}

async function up(options: UpOptions): Promise<void> {
  const terminal = new Terminal({ json: options.json ?? false });
  const systemOptions = {
    port: options.port,
    numApis: options.apis,
    numWorkers: options.workers,
    dataDirectory: options.dataDir,
    redisUrl: options.redis,
    policy: options.policy,
    policyPort: options.policyPort,
  };
  // what the services are made of takes a second to load, for which no other command waits
  const { describeSystem, runSystem, untilAborted } = await import('./run-system.js');
  await runSystem(systemOptions, terminal, async (system, stopRequested) => {
    terminal.emit({
      event: 'ready',
      api: system.apiUrl,
      apis: system.apiUrls,
      workers: system.workerMetrics.map((metrics) => ({ metrics })),
      policies: system.policiesUrl,
      redis: system.redisUrl,
      dataDir: system.dataDirectory,
    });
    terminal.print(describeSystem(system, terminal));
    await untilAborted(stopRequested);
  });
}
