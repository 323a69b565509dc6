import { inspect } from 'node:util';
import type { LoggerService, LogLevel } from '@nestjs/common';
import { pino, type Logger as PinoLogger } from 'pino';

/** Nest's names, which are not all pino's; the order is what counts. */
const LEVELS: Readonly<Record<LogLevel, number>> = { verbose: 10, debug: 20, log: 30, warn: 40, error: 50, fatal: 60 };

const INSPECT = { depth: 4, maxStringLength: 1_000, maxArrayLength: 10, breakLength: Infinity };
const MAX_CAUSES = 5;

/**
 * One JSON object per line on stderr: time, level, role, context, message, stack. stdout is for the ready
 * line alone. Of errors only stack, code and causes are shown, as a Redis error carries its command, AUTH
 * with the password and jobs with their payload.
 */
export class JsonLogger implements LoggerService {
  readonly #pino: PinoLogger<LogLevel, true>;

  /** @param secrets texts that never appear, such as a password in an address */
  constructor(
    role: string,
    readonly level: LogLevel = 'log',
    private readonly secrets: readonly string[] = [],
  ) {
    const options = {
      base: { role },
      level,
      customLevels: LEVELS,
      useOnlyCustomLevels: true,
      messageKey: 'message',
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label: string) => ({ level: label }) },
    } as const;
    // at once: a process that ends itself without notice has said why
    const write = (line: string) => process.stderr.write(this.#withoutSecrets(line));
    this.#pino = pino<LogLevel, true>(options, { write });
  }

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
    const [lowest = this.level] = levels.toSorted((left, right) => LEVELS[left] - LEVELS[right]);
    this.#pino.level = lowest;
  }

  /**
   * Nest passes the context last and, with errors, a stack before it. A message may be an object whose fields
   * become the line's.
   */
  #write(level: LogLevel, message: unknown, rest: readonly unknown[]): void {
    if (!this.#pino.isLevelEnabled(level)) return; // the text would be made in vain
    const context = rest.at(-1);
    const stack = message instanceof Error ? stackOf(message) : rest.length > 1 ? rest[0] : undefined;
    const said = isFields(message)
      ? message
      : { message: message instanceof Error ? message.message : textOf(message) };
    this.#pino[level]({ context, ...said, stack });
  }

  #withoutSecrets(line: string): string {
    return this.secrets.reduce((text, secret) => text.replaceAll(secret, '***'), line);
  }
}

/** Any value as text; errors in it, also those inside of objects, without the fields that they carry. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return stackOf(value);
  const isPlain = typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) return inspect(value, INSPECT);
  const entries = Object.entries(value).map(([name, field]) => [name, field instanceof Error ? stackOf(field) : field]);
  return inspect(Object.fromEntries(entries), INSPECT);
}

function isFields(value: unknown): value is Readonly<Record<string, string | number>> {
  if (typeof value !== 'object' || value === null || !('message' in value) || value instanceof Error) return false;
  return Object.values(value).every((field) => typeof field === 'string' || typeof field === 'number');
}

/** Where an error came from, its code, and what caused it. */
function stackOf(error: Error, depth = 0): string {
  const code = 'code' in error && typeof error.code === 'string' ? ` [${error.code}]` : '';
  const own = `${(error.stack ?? error.message).slice(0, 4 * INSPECT.maxStringLength)}${code}`;
  const inner = error instanceof AggregateError ? error.errors : error.cause === undefined ? [] : [error.cause];
  if (depth === MAX_CAUSES) return own;
  const causes = inner
    .slice(0, MAX_CAUSES)
    .map((cause: unknown) => `[cause] ${cause instanceof Error ? stackOf(cause, depth + 1) : textOf(cause)}`);
  return [own, ...causes].join('\n');
}
