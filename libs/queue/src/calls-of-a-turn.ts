/** One call among those of a turn. */
interface Waiting<Call, Answer> {
  readonly call: Call;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Collects the calls of one turn of the event loop and makes them together: what arrives in one read of many
 * sockets costs one way to Redis. A call that comes alone waits for no other.
 */
export class CallsOfATurn<Call, Answer> {
  #waiting: Waiting<Call, Answer>[] = [];

  /**
   * @param send answers each call in order, an error for one that failed alone
   * @param most calls of one sending
   * @param later sends at the end of the turn; or sooner, for calls that must not be late
   */
  constructor(
    private readonly send: (calls: readonly Call[]) => Promise<readonly (Answer | Error)[]>,
    private readonly most: number,
    private readonly later: (send: () => void) => void = setImmediate,
  ) {}

  /** @throws its own error, or that of the whole sending */
  make(call: Call): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ call, resolve, reject }) === 1) this.later(() => this.#sendAll());
    });
  }

  #sendAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let start = 0; start < waiting.length; start += this.most)
      this.#sendSome(waiting.slice(start, start + this.most)).catch(() => undefined); // each has its own
  }

  async #sendSome(waiting: readonly Waiting<Call, Answer>[]): Promise<void> {
    try {
      const answers = await this.send(waiting.map(({ call }) => call));
      for (const [place, { resolve, reject }] of waiting.entries()) {
        const answer = answers[place];
        if (answer === undefined) reject(new TypeError('a call was not answered'));
        else if (answer instanceof Error) reject(answer);
        else resolve(answer);
      }
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}
