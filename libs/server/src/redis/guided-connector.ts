import { connect as connectPlain, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectEncrypted } from 'node:tls';
import { AbstractConnector } from 'ioredis';
import type { RedisTls } from './redis-address.js';
import type { RedisGuides } from './redis-guides.js';
import type { RedisNode } from './redis-url.js';

const RETRY_MS = 500;
const DISCONNECT_MS = 2_000;

/**
 * Connects to the server that has our keys at present, and leaves it once another one has them. So a
 * connection is an ordinary one to one server, with the order of its commands, wherever that server is.
 */
export function guidedConnector(guides: RedisGuides, tls: RedisTls | undefined) {
  return class GuidedConnector extends AbstractConnector {
    #unwatch: (() => void) | undefined;
    #report: (error: Error) => void = () => undefined;

    constructor() {
      super(DISCONNECT_MS);
    }

    /** Asks until somebody knows; only a disconnect ends that. */
    override async connect(report: (type: string, error: Error) => void): Promise<Socket> {
      this.connecting = true;
      this.#report = (error) => report('error', error);
      for (;;) {
        const owner = await guides.owner().catch((error: Error) => error);
        if (!this.connecting) throw new Error('Connection is closed.');
        if (!(owner instanceof Error)) return this.#open(owner);
        this.#report(owner);
        await sleep(RETRY_MS);
      }
    }

    /** What a server says of itself: a replica is left again, since somebody was mistaken. */
    override check(info: unknown): boolean {
      const role: unknown = typeof info === 'object' && info !== null ? Reflect.get(info, 'role') : undefined;
      const isRight = role === undefined || role === 'master';
      if (isRight) return true;
      this.#report(new Error('READONLY it is a replica, and those who should know call it the master'));
      guides.next();
      return false;
    }

    #open(owner: RedisNode): Socket {
      const stream = tls === undefined ? connectPlain(owner) : connectEncrypted({ ...owner, ...tls });
      this.stream = stream;
      this.#unwatch?.();
      this.#unwatch = guides.watch(({ host, port }) => {
        if (host === owner.host && port === owner.port) return;
        stream.destroy(new Error(`${host}:${port} has taken over from ${owner.host}:${owner.port}`));
      });
      const unwatch = this.#unwatch;
      stream.once('error', (error) => (this.firstError = error));
      stream.once('close', () => unwatch());
      return stream;
    }
  };
}
