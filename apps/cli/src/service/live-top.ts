import { followLive, type LiveNews, type Schemas } from '#client';
import type { Connection } from '../connection.js';
import { errorMessage } from '../errors/error-message.js';
import { Screen } from './screen.js';
import { readLists, systemNow, type SystemLists } from './system-snapshot.js';
import { JOB_ORDERS, type JobOrder, renderSystem } from './top-view.js';

interface LiveTopOptions {
  /** Seconds between two looks at the lists of jobs. */
  readonly interval: number;
  readonly sort: JobOrder;
  readonly url: string;
}

const SECOND_MS = 1_000;

/**
 * The table on the whole screen, until `q`: the live feed of the service, which the dashboard shows as well,
 * and beside it the jobs, which that feed does not name.
 */
export class LiveTop {
  readonly #connection: Connection;
  readonly #intervalMs: number;
  readonly #url: string;
  readonly #stop = new AbortController();
  #order: JobOrder;
  #isPaused = false;
  #live: Schemas['LiveSnapshot'] | undefined;
  #lists: SystemLists | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #isReading = false;
  /** Why there is no news, and why the jobs are not known; undefined while there is nothing wrong. */
  #trouble: unknown;
  #listsTrouble: unknown;

  constructor(connection: Connection, { interval, sort, url }: LiveTopOptions) {
    this.#connection = connection;
    this.#intervalMs = interval * SECOND_MS;
    this.#url = url;
    this.#order = sort;
  }

  /** @throws StrideError when the service refuses the key */
  async run(): Promise<void> {
    const quit = (): void => this.#stop.abort();
    const screen = new Screen({ output: process.stdout, input: process.stdin }, (key) => {
      this.#press(key);
      this.#draw(screen);
    });
    process.once('SIGTERM', quit);
    process.stdout.on('resize', () => this.#draw(screen));
    try {
      this.#draw(screen);
      for await (const news of followLive(this.#connection.client, { signal: this.#stop.signal })) {
        if (this.#isPaused) continue;
        this.#hear(news, screen);
        this.#draw(screen);
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) throw error;
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

  #hear(news: LiveNews, screen: Screen): void {
    this.#trouble = 'trouble' in news ? news.trouble : undefined;
    if ('trouble' in news) return;
    this.#live = news.snapshot;
    if (!this.#isReading && performance.now() - this.#readAt >= this.#intervalMs) this.#readLists(screen);
  }

  /** Beside the feed, so that a service that hangs cannot hold it up. */
  #readLists(screen: Screen): void {
    this.#isReading = true;
    this.#readAt = performance.now();
    const show = (lists: SystemLists | undefined, trouble: unknown): void => {
      this.#isReading = false;
      this.#lists = lists ?? this.#lists;
      this.#listsTrouble = trouble;
      this.#draw(screen);
    };
    readLists(this.#connection.client).then(
      (lists) => show(lists, undefined),
      (error: unknown) => show(undefined, error),
    );
  }

  /** A service that is away is waited for: the last table stays, and what is wrong stands above it. */
  #draw(screen: Screen): void {
    if (this.#stop.signal.aborted) return;
    const { terminal } = this.#connection;
    const head = [
      terminal.style('bold', `stride top  ${this.#url}${this.#isPaused ? '  (paused)' : ''}`),
      `q quit · p ${this.#isPaused ? 'go on' : 'pause'} · s sort: ${this.#order}`,
      ...this.#complaint(),
      '',
    ];
    const view = { order: this.#order, rows: screen.rows - head.length, now: Date.now() };
    const system = this.#live && this.#lists && systemNow(this.#live, this.#lists);
    screen.draw([...head, ...(system ? renderSystem(system, view) : [])]);
  }

  #complaint(): string[] {
    const trouble = this.#trouble ?? this.#listsTrouble;
    if (trouble === undefined) return [];
    const { at } = this.#live ?? {};
    const age = at === undefined ? 'Nothing is known yet' : `What follows is of ${new Date(at).toLocaleTimeString()}`;
    return [...errorMessage(trouble).split('\n'), `${age}; the service is asked again until it answers.`];
  }
}
