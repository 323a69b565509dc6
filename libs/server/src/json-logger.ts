import { inspect } from 'node:util';
import type { LoggerService, LogLevel } from '@nestjs/common';

const LEVELS: Readonly<Record<LogLevel, number>> = { verbose: 0, debug: 1, log: 2, warn: 3, error: 4, fatal: 5 };

/** With causes and fields, but no payloads: a Redis error carries the arguments of its command. */
const INSPECT = { depth: 4, maxStringLength: 1_000, maxArrayLength: 10, breakLength: Infinity };

/** One JSON object per line on stderr: time, level, role, context, message, stack. stdout is for the ready line alone. */
export class JsonLogger implements LoggerService {
  #threshold = LEVELS.log;

  constructor(private readonly role: string) {}

  log(message: unknown, ...context: unknown[]): void {
    this.#write('log', message, context);
  }
  error(message: unknown, ...context: unknown[]): void {
    this.#write('error', message, context);
  }
  warn(message: unknown, ...context: unknown[]): void {
    this.#write('warn', message, context);
  }
  debug(message: unknown, ...context: unknown[]): void {
    this.#write('debug', message, context);
  }
  verbose(message: unknown, ...context: unknown[]): void {
    this.#write('verbose', message, context);
  }
  fatal(message: unknown, ...context: unknown[]): void {
    this.#write('fatal', message, context);
  }

  setLogLevels(levels: LogLevel[]): void {
    this.#threshold = Math.min(...levels.map((level) => LEVELS[level]));
  }

  /** Nest passes the context last and, with errors, a stack before it. */
  #write(level: LogLevel, message: unknown, rest: readonly unknown[]): void {
    if (LEVELS[level] < this.#threshold) return;
    const context = rest.at(-1);
    const stack = message instanceof Error ? inspect(message, INSPECT) : rest.length > 1 ? rest[0] : undefined;
    const text =
      message instanceof Error ? message.message : typeof message === 'string' ? message : inspect(message, INSPECT);
    const line = { time: new Date().toISOString(), level, role: this.role, context, message: text, stack };
    process.stderr.write(`${JSON.stringify(line)}\n`);
  }
}
