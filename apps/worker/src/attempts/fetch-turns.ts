/** A server that does not answer holds up the others for no longer. */
const TURN_MS = 1_000;

interface Turn {
  readonly worker: object;
  readonly over: Promise<void>;
}

/** Until there is something to end. */
const nothing = (): void => undefined;

/**
 * Lets the workers of several shards fetch one at a time, first come first served: each knows what those
 * before it have taken, and a shard with many jobs does not keep the others from theirs.
 */
export class FetchTurns {
  #last: Turn | undefined;

  /** Fetches when it is the worker's turn; one that is alone has it always. */
  async take<Fetched>(worker: object, fetch: () => Promise<Fetched>): Promise<Fetched> {
    const before = this.#last;
    let end = nothing;
    this.#last = { worker, over: new Promise((resolve) => (end = resolve)) };
    // a worker fetches nothing before its last fetch is over
    if (before !== undefined && before.worker !== worker) await before.over;
    const timer = setTimeout(end, TURN_MS);
    try {
      return await fetch();
    } finally {
      clearTimeout(timer);
      setImmediate(end); // until then BullMQ has said that the job is active, and it is counted
    }
  }
}
