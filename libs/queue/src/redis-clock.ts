import type { Redis } from 'ioredis';

/** Among so many measurements the one with the shortest way to Redis and back counts. */
const MEASUREMENTS = 12;

interface Measurement {
  /** Redis' time minus the monotonic one. */
  readonly offsetMs: number;
  readonly roundTripMs: number;
}

/**
 * The clock of Redis, which all processes share, as of this one: measured at every `refresh`, and carried on
 * by the monotonic clock in between, so that neither a wrong nor a changing wall clock of this machine
 * matters. It is off by at most half a round trip.
 */
export class RedisClock {
  static readonly #clocks = new WeakMap<Redis, RedisClock>();
  #measurements: readonly Measurement[] = [];

  /** The clock that belongs to a connection. */
  static of(redis: Redis): RedisClock {
    const clock = this.#clocks.get(redis) ?? new RedisClock(redis);
    this.#clocks.set(redis, clock);
    return clock;
  }

  constructor(private readonly redis: Redis) {
    redis.on('ready', () => {
      this.#measurements = []; // it may be another server by now
      this.refresh().catch(() => undefined); // away again: the next refresh finds out
    });
  }

  async refresh(): Promise<void> {
    const before = performance.now();
    const [seconds, microseconds] = await this.redis.time();
    const after = performance.now();
    const offsetMs = Number(seconds) * 1000 + Number(microseconds) / 1000 - (before + after) / 2;
    const kept = this.#measurements.slice(1 - MEASUREMENTS);
    this.#measurements = [...kept, { offsetMs, roundTripMs: after - before }];
  }

  /** Milliseconds since 1970; by this machine's wall clock as long as nothing was measured. */
  now(): number {
    const [first, ...others] = this.#measurements;
    if (first === undefined) return Date.now();
    const best = others.reduce((least, next) => (next.roundTripMs < least.roundTripMs ? next : least), first);
    return best.offsetMs + performance.now();
  }

  /** The time so many milliseconds from now; measures it first if need be. */
  async deadline(ms: number): Promise<number> {
    if (this.#measurements.length === 0) await this.refresh();
    return Math.floor(this.now() + ms);
  }

  /** A moment that this machine's wall clock has named a short while ago. */
  fromLocal(wallClockMs: number): number {
    return this.now() - (Date.now() - wallClockMs);
  }
}
