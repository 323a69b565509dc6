import type { Redis } from 'ioredis';
import { Keys } from './keys.js';

/** Which installation the jobs in Redis belong to, written once by whoever is first. */
export class InstallationRecord {
  readonly #key: string;

  constructor(
    private readonly redis: Redis,
    prefix?: string,
  ) {
    this.#key = new Keys(prefix).installation;
  }

  get key(): string {
    return this.#key;
  }

  async read(): Promise<string | undefined> {
    return (await this.redis.get(this.#key)) ?? undefined;
  }

  /** The id that holds from now on: this one, unless somebody was quicker. */
  async claim(id: string): Promise<string> {
    await this.redis.setnx(this.#key, id);
    return (await this.read()) ?? id;
  }
}
