import { format } from 'node:util';
import { Logger, type INestApplicationContext } from '@nestjs/common';
import { formerNames, InvalidConfigError, loadConfig } from './config.js';
import { secretsIn } from './environment.js';
import { redisTrouble } from './redis/redis-trouble.js';
import { JsonLogger, textOf } from './json-logger.js';

/** EX_CONFIG of sysexits.h: a supervisor need not try again. */
const EXIT_INVALID_CONFIG = 78;
/** How Redis begins its answer to a wrong password, a missing one, a user without rights, a stranger. */
const LOGIN_REFUSED = /^(?:WRONGPASS|NOAUTH|NOPERM|DENIED) /;

interface BootstrapOptions {
  readonly role: string;
  /** Creates the application with the given logger, starts it and returns what its ready line says. */
  readonly start: (logger: JsonLogger) => Promise<{ app: INestApplicationContext; ready: Record<string, unknown> }>;
  /** The whole shutdown must fit; then the process is ended, and locks expire elsewhere. */
  readonly shutdownMs: number;
  /** Ends the process where something is wrong; default: `process.exit`, which waits for threads. */
  readonly exit?: (code: number) => never;
}

/**
 * Runs a service: one JSON line on stdout when it is ready, SIGTERM and SIGINT close it in order, a second
 * signal ends it at once, a wrong configuration ends it with 78, an error that nobody caught with 1 unless
 * `exit` does it another way.
 */
export async function bootstrap({ role, start, shutdownMs, exit = exitInOrder }: BootstrapOptions): Promise<void> {
  const secrets = secretsIn(process.env);
  let logger = new JsonLogger(role, 'log', secrets);
  const die = (error: unknown): never => {
    const wrong = wrongConfiguration(error);
    logger.fatal(wrong ?? error, role);
    return wrong === undefined ? exit(1) : process.exit(EXIT_INVALID_CONFIG);
  };
  process.on('uncaughtException', die);
  process.on('unhandledRejection', die);
  try {
    const { STRIDE_LOG_LEVEL } = process.env; // alone: an app says what it makes of the others
    const config = loadConfig(['STRIDE_LOG_LEVEL'], { STRIDE_LOG_LEVEL });
    logger = new JsonLogger(role, config.STRIDE_LOG_LEVEL, secrets);
    takeOver(logger);
    for (const warning of formerNames(process.env)) logger.warn(warning, role);
    const { app, ready } = await start(logger);
    closeOnSignal(app, logger, { role, shutdownMs, exit });
    process.stdout.write(`${JSON.stringify({ event: 'ready', role, pid: process.pid, ...ready })}\n`);
  } catch (error) {
    die(error);
  }
}

/**
 * What is wrong with the configuration, if that is what an error says: ours in its own words, Redis' of a
 * login that it refuses.
 */
function wrongConfiguration(error: unknown): { readonly message: string; readonly code: string } | undefined {
  if (error instanceof InvalidConfigError) return { message: error.message, code: error.code };
  if (!(error instanceof Error && LOGIN_REFUSED.test(error.message))) return undefined;
  const message = `REDIS_URL: ${redisTrouble(error, { tls: undefined, phase: 'greeting' })}`;
  return { message, code: 'invalid_config' };
}

function exitInOrder(code: number): never {
  process.exit(code);
}

/** What libraries print, and what Nest logs before there is an application, becomes lines of the log, too. */
function takeOver(logger: JsonLogger): void {
  Logger.overrideLogger(logger);
  for (const [method, level] of [
    ['debug', 'debug'],
    ['log', 'log'],
    ['info', 'log'],
    ['warn', 'warn'],
    ['error', 'error'],
  ] as const) {
    console[method] = (...values: unknown[]) => {
      const [first, ...rest] = values.map((value) => (value instanceof Error ? textOf(value) : value));
      logger[level](format(first, ...rest), 'console');
    };
  }
}

function closeOnSignal(
  app: INestApplicationContext,
  logger: JsonLogger,
  { role, shutdownMs, exit }: Required<Pick<BootstrapOptions, 'role' | 'shutdownMs' | 'exit'>>,
): void {
  let closing = false;
  const close = async (signal: NodeJS.Signals): Promise<void> => {
    if (closing) exit(1);
    closing = true;
    logger.log(`${signal}: closing`, role);
    setTimeout(() => {
      logger.error(`not closed after ${shutdownMs} ms, giving up; locks expire and other processes go on`, role);
      exit(1);
    }, shutdownMs).unref();
    await app.close();
    logger.log('closed', role);
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      close(signal).catch((error: unknown) => {
        logger.fatal(error, role);
        exit(1);
      });
    });
  }
}
