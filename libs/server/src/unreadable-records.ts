import { Logger } from '@nestjs/common';

/** Then the oldest are forgotten, and might be told again. */
const MAX_REMEMBERED = 1_000;
const MAX_REASON = 200;

/** Names each record that cannot be read, and that a list therefore leaves out, in the log once. */
export class UnreadableRecords {
  readonly #logger = new Logger('records');
  readonly #told = new Set<string>();

  /** @param what the record; never its content */
  readonly report = (what: string, cause?: unknown): void => {
    if (this.#told.has(what)) return;
    const [oldest] = this.#told;
    if (this.#told.size >= MAX_REMEMBERED && oldest !== undefined) this.#told.delete(oldest);
    this.#told.add(what);
    const why = cause instanceof Error ? `: ${cause.message.slice(0, MAX_REASON)}` : '';
    this.#logger.warn(`${what} cannot be read and is left out${why}`);
  };
}
