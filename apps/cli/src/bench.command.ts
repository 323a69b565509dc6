import { type Command, Option } from 'commander';
import { found, type StrideClient, StrideError } from '#client';
import { parseInteger, parseNumber } from './arguments.js';
import {
  poissonArrivals,
  createSender,
  JobMix,
  type LoadSize,
  PROTOCOLS,
  type Protocol,
  type Load,
  runArrivals,
  runClients,
  describeErrors,
  keepsLimit,
  summarizeRun,
  highestPassingRate,
} from '#load';
import { appendCsv, benchTable, type BenchRow, describeRow, startCsv } from './bench/bench-report.js';
import { parseConcurrency } from './bench/concurrency.js';
import { addJobSize, DEFAULT_SIZE } from './bench/job-size-argument.js';
import { CommandError, UsageError } from './errors/cli-error.js';
import { connect, type Connection, type ConnectionOptions, withConnection } from './connection.js';

interface BenchOptions extends ConnectionOptions {
  readonly model: string;
  readonly protocol: Protocol;
  readonly mix?: readonly LoadSize[];
  readonly concurrency?: readonly number[];
  readonly rate?: number;
  readonly findRate?: boolean;
  readonly p99?: number;
  readonly duration: number;
  readonly warmUp: number;
  readonly seed: number;
  readonly csv?: string;
}

const DEFAULT_CONCURRENCY = '1:64:x2';
const MAX_RATE = 100_000;
const MAX_SECONDS = 3_600;
const MAX_LATENCY_MS = 60_000;
/** Fewer arrivals say nothing about a percentile. */
const LEAST_ARRIVALS = 20;
/** Above this share the client's own work may be what limits the numbers. */
const BUSY_CLIENT = 0.8;

/** `stride bench`: load on a running service, and what it makes of it. */
export function addBenchCommand(program: Command): void {
  const rate = new Option(
    '--rate <n>',
    'jobs per second that arrive at random (Poisson), whether earlier ones are done or not',
  );
  const findRate = new Option('--find-rate', 'search the highest such rate that keeps the limit of --p99');
  const clients = `clients that each wait for their last job: 8, 1:64:x2 or 10:50:+10 (default: ${DEFAULT_CONCURRENCY})`;
  const mix =
    'size of jobs, with its weight beside the others; may be repeated: rows=1,steps=10:60 (default: rows=1,steps=10)';
  withConnection(program.command('bench'))
    .description('put load on a running service and measure throughput and latency')
    .requiredOption('--model <name>', 'model: name, name@version or name@alias')
    .addOption(
      new Option(
        '--protocol <name>',
        'how jobs are sent: over socket, the rows of a job are samples of one observation',
      )
        .choices(PROTOCOLS)
        .default('http'),
    )
    .addOption(new Option('--mix <sizes...>', mix).argParser(addJobSize))
    .addOption(
      new Option('--concurrency <range>', clients).argParser(parseConcurrency).conflicts(['rate', 'findRate', 'p99']),
    )
    .addOption(rate.argParser(parseNumber(0.01, MAX_RATE)).conflicts(['findRate', 'p99']))
    .addOption(findRate)
    .addOption(new Option('--p99 <ms>', 'limit for --find-rate').argParser(parseNumber(0.1, MAX_LATENCY_MS)))
    .addOption(secondsOption('--duration <s>', 'measured seconds of each load', 0.1).default(10))
    .addOption(secondsOption('--warm-up <s>', 'seconds of load before them', 0).default(2))
    .addOption(
      new Option('--seed <n>', 'of sizes, arrivals and observations')
        .argParser(parseInteger(0, Number.MAX_SAFE_INTEGER))
        .default(0),
    )
    .option('--csv <file>', 'write a line for each load')
    .action(bench);
}

function secondsOption(flags: string, description: string, least: number): Option {
  return new Option(flags, description).argParser(parseNumber(least, MAX_SECONDS));
}

async function bench(options: BenchOptions): Promise<void> {
  if ((options.findRate ?? false) !== (options.p99 !== undefined))
    throw new UsageError('--find-rate and --p99 MS belong together');
  const connection = connect(options);
  const { client } = connection;
  const mix = new JobMix(options.mix ?? [DEFAULT_SIZE], options.seed);
  const obsSize = await obsSizeOf(client, options.model);
  const { model, seed } = options;
  const target = { baseUrl: client.baseUrl, headers: client.headers, model, seed };
  const load: Load = {
    sender: createSender(options.protocol, mix.sizes, { ...target, obsSize }),
    mix,
    warmUpMs: options.warmUp * 1e3,
    durationMs: options.duration * 1e3,
  };
  if (options.csv !== undefined) startCsv(options.csv);
  try {
    await tryEachSize(load);
    await new Bench(connection, options, load).run();
  } finally {
    load.sender.close();
  }
}

/** One `stride bench`. */
class Bench {
  readonly #rows: BenchRow[] = [];

  constructor(
    private readonly connection: Connection,
    private readonly options: BenchOptions,
    private readonly load: Load,
  ) {}

  async run(): Promise<void> {
    const { rate, p99, concurrency } = this.options;
    if (p99 !== undefined) return this.#findRate(p99);
    if (rate !== undefined) await this.#measureRate(rate);
    else
      for (const clients of concurrency ?? parseConcurrency(DEFAULT_CONCURRENCY))
        this.#add({ load: { clients }, ...summarizeRun(await runClients(this.load, clients)) });
    this.#print();
  }

  async #measureRate(ratePerSecond: number, p99?: number): Promise<boolean> {
    const { warmUpMs, durationMs } = this.load;
    const arrivals = poissonArrivals(ratePerSecond, warmUpMs + durationMs, this.options.seed);
    const limit = p99 === undefined ? undefined : { percent: 99, ms: p99 };
    const run = await runArrivals(this.load, arrivals, limit);
    this.#add({ load: { offeredPerSecond: ratePerSecond }, ...summarizeRun(run) });
    return limit === undefined || keepsLimit(run, limit);
  }

  /** Starts at the rate that a single client reaches. */
  async #findRate(p99: number): Promise<void> {
    const { terminal } = this.connection;
    const alone = summarizeRun(await runClients(this.load, 1));
    this.#add({ load: { clients: 1 }, ...alone });
    const passes = (rate: number): Promise<boolean> => this.#measureRate(rate, p99);
    const least = LEAST_ARRIVALS / this.options.duration;
    const highest = await highestPassingRate({ start: Math.max(alone.jobsPerSecond, least), least, passes });
    this.#print();
    if (highest === undefined)
      throw new CommandError(`no rate from ${least.toFixed(1)} jobs/s keeps the p99 below ${p99} ms`);
    terminal.emit({ event: 'rate', p99Ms: p99, jobsPerSecond: highest });
    terminal.print(`${terminal.style('bold', highest.toFixed(1))} jobs/s keep the p99 below ${p99} ms`);
  }

  /** @throws CommandError when nothing succeeded: then there is nothing to measure */
  #add(row: BenchRow): void {
    const { terminal } = this.connection;
    this.#rows.push(row);
    if (this.options.csv !== undefined) appendCsv(this.options.csv, row);
    terminal.emit({ event: 'load', ...row, latencyMs: row.latencyMs ?? null });
    if (!terminal.json) terminal.note(describeRow(row));
    if (row.latencyMs === undefined && !row.gaveUp)
      throw new CommandError(`no job succeeded; errors: ${describeErrors(row.errors)}`);
  }

  #print(): void {
    const { terminal } = this.connection;
    terminal.print(benchTable(this.#rows));
    const busiest = Math.max(...this.#rows.map(({ clientRatio }) => clientRatio));
    if (busiest <= BUSY_CLIENT) return;
    const share = `${(busiest * 100).toFixed(0)} %`;
    terminal.note(
      `${terminal.style('yellow', 'warning')}: this client was busy ${share} of the time and may be the limit itself`,
    );
  }
}

/**
 * One job of each size, before the clock runs: loads the model, and shows a request that the service refuses.
 */
async function tryEachSize({ sender, mix }: Load): Promise<void> {
  for (const [place, { rows, steps }] of mix.sizes.entries()) {
    const error = await sender.run(place, 0);
    if (error !== undefined) throw new CommandError(`a job of ${rows} rows and ${steps} steps failed: ${error}`);
  }
}

/** @throws StrideError when there is no such model or version */
async function obsSizeOf(client: StrideClient, reference: string): Promise<number> {
  const [name = '', wanted] = reference.split('@');
  const { versions, aliases, latestVersion } = found(
    await client.GET('/v1/models/{name}', { params: { path: { name } } }),
  );
  const number = wanted === undefined ? latestVersion : (aliases[wanted] ?? Number(wanted));
  const version = versions.find((candidate) => candidate.version === number);
  if (version === undefined) throw new StrideError('model_not_found', `there is no model ${reference}`);
  return version.config.obsSize;
}
