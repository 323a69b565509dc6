import { setTimeout as delay } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { parseNumber } from '../arguments.js';
import { connect, type Connection, type ConnectionOptions, withConnection } from '../connection.js';
import { errorMessage } from '../errors/error-message.js';
import { Screen } from './screen.js';
import { readSystem, type SystemSnapshot } from './system-snapshot.js';
import { JOB_ORDERS, type JobOrder, renderSystem } from './top-view.js';

interface TopOptions extends ConnectionOptions {
  readonly interval: number;
  readonly sort: JobOrder;
}

const MOST_SECONDS = 3_600;
const SECOND_MS = 1_000;

/** `stride top`: workers and jobs as they are now. */
export function addTopCommand(program: Command): void {
  const interval = new Option('--interval <seconds>', 'between two looks');
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

/** The table on the whole screen, until `q`. */
class LiveTop {
  readonly #connection: Connection;
  readonly #intervalMs: number;
  readonly #url: string;
  readonly #stop = new AbortController();
  #order: JobOrder;
  #isPaused = false;
  #system: SystemSnapshot | undefined;
  #trouble: string[] = [];

  constructor(connection: Connection, { interval, sort, url }: TopOptions) {
    this.#connection = connection;
    this.#intervalMs = interval * SECOND_MS;
    this.#url = url;
    this.#order = sort;
  }

  async run(): Promise<void> {
    const quit = (): void => this.#stop.abort();
    const screen = new Screen({ output: process.stdout, input: process.stdin }, (key) => {
      this.#press(key);
      this.#draw(screen);
    });
    process.once('SIGTERM', quit);
    process.stdout.on('resize', () => this.#draw(screen));
    try {
      while (!this.#stop.signal.aborted) {
        if (!this.#isPaused) await this.#look();
        this.#draw(screen);
        await delay(this.#intervalMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      }
    } finally {
      process.off('SIGTERM', quit);
      screen.leave();
    }
  }

  #press(key: string): void {
    if (key === 'q') this.#stop.abort();
    else if (key === 'p') this.#isPaused = !this.#isPaused;
    else if (key === 's')
      this.#order = JOB_ORDERS[(JOB_ORDERS.indexOf(this.#order) + 1) % JOB_ORDERS.length] ?? 'state';
  }

  /** A service that is away is waited for: the last table stays, and what is wrong stands above it. */
  async #look(): Promise<void> {
    try {
      this.#system = await readSystem(this.#connection.client);
      this.#trouble = [];
    } catch (error) {
      this.#trouble = errorMessage(error).split('\n');
    }
  }

  #draw(screen: Screen): void {
    if (this.#stop.signal.aborted) return;
    const { terminal } = this.#connection;
    const head = [
      terminal.style('bold', `stride top  ${this.#url}${this.#isPaused ? '  (paused)' : ''}`),
      `q quit · p ${this.#isPaused ? 'go on' : 'pause'} · s sort: ${this.#order}`,
      ...this.#trouble,
      '',
    ];
    const view = { order: this.#order, rows: screen.rows - head.length, now: Date.now() };
    screen.draw([...head, ...(this.#system === undefined ? [] : renderSystem(this.#system, view))]);
  }
}
