import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ChildProgram, type ProgramExit } from '#system';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** What a process prints when something escaped it; a test that stops such a process fails. */
const ESCAPED = /unhandled ?rejection|uncaught ?exception|ERR_UNHANDLED|MaxListenersExceededWarning/i;
const LINE_MS = 50_000;

export interface TestProcessOptions {
  readonly name: string;
  /**
   * A script of this repository that Node runs, such as `dist/apps/api/src/main.js`; or any other program as
   * `command`.
   */
  readonly script?: string;
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** A process of a test: its lines are kept, can be waited for, and are shown when it misbehaves. */
export class TestProcess {
  readonly name: string;
  readonly lines: string[] = [];
  readonly exited: Promise<ProgramExit>;
  readonly #program: ChildProgram;
  readonly #events = new EventEmitter().setMaxListeners(0);

  constructor(options: TestProcessOptions) {
    this.name = options.name;
    this.#program = new ChildProgram({
      name: options.name,
      command: options.command ?? process.execPath,
      args: [...nodeArguments(options.script), ...(options.args ?? [])],
      env: { ...withoutStrideVariables(process.env), ...options.env },
      orphanSignal: 'KILL',
      onLine: (line) => {
        this.lines.push(line);
        this.#events.emit('line', line);
      },
    });
    this.exited = this.#program.exited;
  }

  get pid(): number {
    const { pid } = this.#program;
    if (pid === undefined) throw new Error(`${this.name} was not started`);
    return pid;
  }

  /**
   * The first line, also of those already printed, that `match` understands.
   * @throws Error with the last lines when the process ends before, or after 50 s
   */
  untilLine<T>(match: (line: string) => T | undefined): Promise<T> {
    for (const line of this.lines) {
      const matched = match(line);
      if (matched !== undefined) return Promise.resolve(matched);
    }
    return new Promise((resolve, reject) => {
      const fail = (what: string): void => {
        this.#events.off('line', watch);
        clearTimeout(timer);
        reject(new Error(`${this.name} ${what}:\n${this.lines.slice(-30).join('\n')}`));
      };
      const timer = setTimeout(() => fail('did not print the expected line'), LINE_MS);
      const watch = (line: string): void => {
        const matched = match(line);
        if (matched === undefined) return;
        this.#events.off('line', watch);
        clearTimeout(timer);
        resolve(matched);
      };
      this.#events.on('line', watch);
      void this.exited.then(({ code, signal }) => fail(`ended with ${signal ?? code}`));
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#program.kill(signal);
  }

  /** `kill -9`, as the machine does it. */
  async kill(): Promise<void> {
    this.#program.kill('SIGKILL');
    await this.exited;
  }

  /**
   * SIGTERM, then waits for the end.
   * @throws Error when it does not end in order, or when something escaped it before
   */
  async stop(graceMs = 60_000): Promise<void> {
    const { code, signal } = await this.#program.stop(graceMs);
    if (code !== 0) throw new Error(`${this.name} ended with ${signal ?? code}:\n${this.lines.slice(-30).join('\n')}`);
    this.assertNothingEscaped();
  }

  /** @throws Error when the process printed a rejection or exception that nobody handled */
  assertNothingEscaped(): void {
    const escaped = this.lines.findIndex((line) => ESCAPED.test(line));
    if (escaped >= 0)
      throw new Error(`something escaped ${this.name}:\n${this.lines.slice(escaped, escaped + 30).join('\n')}`);
  }
}

/** Parses a line of JSON with the given event name; undefined for every other line. */
export function eventLine(line: string, event: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const parsed: unknown = JSON.parse(line);
    return isRecord(parsed) && parsed.event === event ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nodeArguments(script: string | undefined): string[] {
  if (script === undefined) return [];
  return ['--enable-source-maps', '--trace-warnings', join(root, script)];
}

/** The tests say everything themselves; what the developer has set in the shell must not change them. */
function withoutStrideVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !/^(?:STRIDE_|VITEST|OTEL_)/.test(name) && name !== 'REDIS_URL'),
  );
}
