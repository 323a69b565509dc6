/**
 * About 2 ms of this process' time; a request of 16 KiB is one unit of work, as for the gate. The jobs of a
 * turn leave together at its end: in a long one Redis and the workers would wait for the last of them.
 */
const UNITS_PER_TURN = 4;
/** So long the work waits for connections that keep arriving: about two turns. */
const MAX_YIELD_MS = 5;

interface Waiting {
  readonly units: number;
  readonly begin: () => void;
}

/**
 * Spreads what arrives at once over turns of the event loop, in order. Answers, timers and the health of this
 * process are seen to between two turns, however many requests one read of all sockets has brought. Node
 * accepts one connection in a turn: while connections arrive, no work makes their turns long.
 */
export class RequestPace {
  private readonly waiting: Waiting[] = [];
  private begunUnits = 0;
  private isTurnDue = false;
  private hasNewConnection = false;
  private yieldingSince: number | undefined;

  /** @param now in milliseconds, of a clock that only goes forward */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Calls `begin` in this turn when there is room in it and nobody waits, else in a later one. */
  take(units: number, begin: () => void): void {
    this.requireTurn();
    if (this.waiting.length > 0 || this.begunUnits >= UNITS_PER_TURN) this.waiting.push({ units, begin });
    else this.begin({ units, begin });
  }

  /** A connection has come, so that another may wait behind it. */
  connected(): void {
    this.hasNewConnection = true;
  }

  private begin({ units, begin }: Waiting): void {
    this.begunUnits += units;
    begin();
  }

  private requireTurn(): void {
    if (this.isTurnDue) return;
    this.isTurnDue = true;
    setImmediate(() => this.turn());
  }

  private turn(): void {
    this.isTurnDue = false;
    this.begunUnits = 0;
    if (this.waiting.length === 0) return;
    this.requireTurn();
    if (this.yieldsToConnections()) return;
    while (this.begunUnits < UNITS_PER_TURN) {
      const waiting = this.waiting.shift();
      if (waiting === undefined) return;
      this.begin(waiting);
    }
  }

  private yieldsToConnections(): boolean {
    const yields = this.hasNewConnection && this.now() - (this.yieldingSince ??= this.now()) < MAX_YIELD_MS;
    this.hasNewConnection = false;
    if (!yields) this.yieldingSince = undefined;
    return yields;
  }
}
