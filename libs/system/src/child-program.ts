import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { findProgram } from './debian-packages.js';
import { SystemError } from './system-error.js';

interface ProgramOptions {
  /** Short name for messages, such as `redis` or `worker 1`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Written to the program's standard input, which is then closed. */
  readonly input?: string;
  /**
   * What the program gets when this process dies without stopping it (Linux); SIGTERM lets it end in order.
   */
  readonly orphanSignal?: 'TERM' | 'KILL';
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

export interface ProgramExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const KEPT_LINES = 40;
const SHOWN_LINES = 10;

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** A child process whose lines are read, that can be waited for, and that never outlives this process. */
export class ChildProgram {
  /** Resolves when the process has ended and all of its output was read. */
  readonly exited: Promise<ProgramExit>;
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #lastLines: string[] = [];
  readonly #watchers = new Set<(line: string) => void>();
  #exit: ProgramExit | undefined;

  constructor(options: ProgramOptions) {
    this.name = options.name;
    const [command, args] = withOrphanSignal(options);
    // A process group of its own: Ctrl+C on the terminal reaches only us, and we stop the parts in order.
    const child = spawn(command, args, { env: options.env ?? process.env, detached: true, stdio: 'pipe' });
    this.#child = child;
    alive.add(child);
    child.once('exit', () => alive.delete(child));
    // the program may end before it has read its input; `exited` shows that
    this.#child.stdin?.on('error', () => {});
    this.#child.stdin?.end(options.input ?? '');
    this.#readLines('stdout', options);
    this.#readLines('stderr', options);
    this.exited = new Promise((resolve) => {
      const end = (exit: ProgramExit): void => resolve((this.#exit ??= exit));
      this.#child.once('close', (code, signal) => end({ code, signal }));
      this.#child.once('error', (error) => {
        this.#lastLines.push(error.message);
        end({ code: 127, signal: null });
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get running(): boolean {
    return this.#exit === undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Whether it ended because somebody else listens on its port. */
  get lostItsPort(): boolean {
    return this.#lastLines.some((line) => /EADDRINUSE|Address already in use/.test(line));
  }

  /** The last lines of both streams, for messages about an unexpected end. */
  get lastLines(): readonly string[] {
    return this.#lastLines;
  }

  /**
   * Waits for the first standard-output line that `match` understands.
   * @throws SystemError `program_failed` when the program ends before, or when `timeoutMs` have passed
   */
  waitForLine<T>(match: (line: string) => T | undefined, timeoutMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = (what: string): void => {
        clearTimeout(timer);
        this.#watchers.delete(watch);
        const message = [`${this.name} ${what}`, ...this.#lastLines.slice(-SHOWN_LINES)].join('\n  ');
        reject(new SystemError('program_failed', message));
      };
      const timer = setTimeout(() => fail(`was not ready after ${timeoutMs} ms`), timeoutMs);
      const watch = (line: string): void => {
        const matched = match(line);
        if (matched === undefined) return;
        clearTimeout(timer);
        this.#watchers.delete(watch);
        resolve(matched);
      };
      this.#watchers.add(watch);
      this.exited.then(({ code, signal }) => fail(`ended with ${signal ?? code}`), reject);
    });
  }

  kill(signal: NodeJS.Signals): void {
    if (this.running) this.#child.kill(signal);
  }

  /** Asks the program to end and kills it when it has not after `graceMs`. */
  async stop(graceMs: number): Promise<ProgramExit> {
    this.kill('SIGTERM');
    const timer = setTimeout(() => this.kill('SIGKILL'), graceMs);
    const exit = await this.exited;
    clearTimeout(timer);
    return exit;
  }

  #readLines(stream: 'stdout' | 'stderr', options: ProgramOptions): void {
    const input = this.#child[stream];
    if (input === null) return;
    createInterface({ input }).on('line', (line) => {
      this.#lastLines.push(line);
      if (this.#lastLines.length > KEPT_LINES) this.#lastLines.shift();
      options.onLine?.(line, stream);
      if (stream === 'stdout') for (const watch of this.#watchers) watch(line);
    });
  }
}

/** `setpriv` (util-linux) lets the kernel signal the child at our death, even at a `kill -9`. */
function withOrphanSignal(options: ProgramOptions): [command: string, args: string[]] {
  const setpriv = process.platform === 'linux' ? findProgram('setpriv') : undefined;
  if (setpriv === undefined) return [options.command, [...options.args]];
  const signal = options.orphanSignal ?? 'TERM';
  return [setpriv, ['--pdeathsig', signal, '--', options.command, ...options.args]];
}
