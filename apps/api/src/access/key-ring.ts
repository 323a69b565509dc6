import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ApiKeys, QueueUnavailableError, withDeadline, type ApiKeyRecord } from '#queue';
import { InvalidConfigError } from '#server';
import { API_CONFIG, type ApiConfig } from '../api-config.js';
import { isLoopback } from '../http/loopback.js';
import { QueueConnection } from '../queue/queue-connection.js';

/** A key that was revoked is refused within a second, also when the message of it got lost. */
const FRESH_MS = 500;
const LOOK_MS = 1_000;
const DEADLINE_MS = 2_000;
const TOUCH_MS = 60_000;
const MAX_KNOWN = 10_000;

interface Known {
  readonly record: Promise<ApiKeyRecord | undefined>;
  readonly readAt: number;
}

/**
 * The keys that this process has met lately, and whether any is asked for at all: off -> on, and never back,
 * since a Redis that has lost its keys must not open the doors. While Redis is away a key counts as it was
 * read last, and one that is not known is not let in.
 */
@Injectable()
export class KeyRing implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(KeyRing.name);
  private readonly known = new Map<string, Known>();
  private readonly touched = new Map<string, number>();
  private state: 'unknown' | 'off' | 'on';
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(API_CONFIG) private readonly config: ApiConfig,
    private readonly keys: ApiKeys,
    private readonly connection: QueueConnection,
  ) {
    this.state = config.STRIDE_REQUIRE_AUTH === true || !isLoopback(config.STRIDE_HOST) ? 'on' : 'unknown';
  }

  onApplicationBootstrap(): void {
    this.connection.wakes
      .subscribe(this.keys.channel, (id) => this.forget(id))
      .catch((error: unknown) => this.logger.debug(`not subscribed: ${String(error)}`));
    this.timer = setInterval(() => {
      if (this.state !== 'on' && this.connection.isReady) this.look().catch(() => undefined); // away again
    }, LOOK_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /**
   * Refuses to serve other machines without keys.
   * @throws InvalidConfigError naming the setting
   */
  async requireSafeAddress(): Promise<void> {
    const { STRIDE_HOST, STRIDE_REQUIRE_AUTH } = this.config;
    if (isLoopback(STRIDE_HOST) || STRIDE_REQUIRE_AUTH === true) return;
    if (STRIDE_REQUIRE_AUTH !== false && (await this.mayExist())) return;
    throw new InvalidConfigError(
      'no_keys',
      `STRIDE_HOST: ${STRIDE_HOST} is open to other machines, and there is no API key: make one with "stride keys create", ` +
        'or set STRIDE_REQUIRE_AUTH=true and make it later; without keys only a loopback address is served',
    );
  }

  /** Whether a key is asked for; false as long as nobody knows, which `areOn` refuses. */
  get isOn(): boolean {
    return this.state === 'on';
  }

  /** Redis was not yet there to say whether there are keys. */
  get isUnsure(): boolean {
    return this.state === 'unknown' && !this.connection.isReady;
  }

  /** While Redis is away nobody knows, and nobody is let in. */
  private async mayExist(): Promise<boolean> {
    if (!this.connection.isReady) return true;
    try {
      return await withDeadline(this.keys.exist(), DEADLINE_MS);
    } catch (error) {
      if (error instanceof QueueUnavailableError) return true;
      throw error;
    }
  }

  /** Whether requests need a key. @throws QueueUnavailableError while nobody knows */
  areOn(): boolean | Promise<boolean> {
    return this.state === 'unknown' ? this.look() : this.state === 'on';
  }

  /** The record of a key, at most half a second old. @throws QueueUnavailableError when it cannot be read */
  async find(id: string): Promise<ApiKeyRecord | undefined> {
    const known = this.known.get(id);
    if (known !== undefined && performance.now() - known.readAt < FRESH_MS) return known.record;
    if (known !== undefined && !this.connection.isReady) return known.record;
    const record = this.read(id);
    this.remember(id, { record, readAt: performance.now() });
    try {
      return await record;
    } catch (error) {
      // the next request asks again, or takes what was known before
      if (known === undefined) this.known.delete(id);
      else this.known.set(id, known);
      throw error;
    }
  }

  /** Notes that a key was used, at most once a minute, and without anybody waiting. */
  used(id: string): void {
    const now = Date.now();
    if (now - (this.touched.get(id) ?? 0) < TOUCH_MS || !this.connection.isReady) return;
    this.touched.set(id, now);
    this.keys.touch(id, now).catch(() => this.touched.delete(id));
  }

  private async read(id: string): Promise<ApiKeyRecord | undefined> {
    this.connection.requireReady();
    return withDeadline(this.keys.find(id), DEADLINE_MS);
  }

  private async look(): Promise<boolean> {
    this.connection.requireReady();
    if (await withDeadline(this.keys.exist(), DEADLINE_MS)) this.state = 'on';
    else if (this.state === 'unknown') this.state = 'off';
    return this.state === 'on';
  }

  /** A key has changed; without its id any may have. */
  private forget(id: string | undefined): void {
    if (id === undefined) {
      this.known.clear();
      this.look().catch(() => undefined); // away again
      return;
    }
    this.state = 'on';
    this.known.delete(id);
  }

  /** The oldest entry makes room. */
  private remember(id: string, entry: Known): void {
    this.known.delete(id);
    const [oldest] = this.known.keys();
    if (this.known.size >= MAX_KNOWN && oldest !== undefined) this.known.delete(oldest);
    this.known.set(id, entry);
  }
}
