import { Logger } from '@nestjs/common';

/** Then the oldest are forgotten, and might be reported again. */
const MAX_REMEMBERED = 1_000;
const MAX_REASON = 200;

/** Names each record that cannot be read, and that a list therefore leaves out, in the log once. */
export class UnreadableRecords {
  readonly #logger = new Logger('records');
  readonly #reported = new Set<string>();

  /** @param what the record; never its content */
  readonly report = (what: string, cause?: unknown): void => {
    if (this.#reported.has(what)) return;
    const [oldest] = this.#reported;
    if (this.#reported.size >= MAX_REMEMBERED && oldest !== undefined) this.#reported.delete(oldest);
    this.#reported.add(what);
    const why = cause instanceof Error ? `: ${cause.message.slice(0, MAX_REASON)}` : '';
    this.#logger.warn(`${what} cannot be read and is left out${why}`);
  };
}
