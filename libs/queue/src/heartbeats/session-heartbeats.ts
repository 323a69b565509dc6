import type { Redis } from 'ioredis';
import { ProcessSessions } from '#contract';
import { Heartbeats } from './heartbeats.js';
import { Keys } from '../keys.js';
import type { OnUnreadable } from '../stored-json.js';

/** The sessions of robots, by the process of the API that holds them. */
export class SessionHeartbeats extends Heartbeats<ProcessSessions> {
  constructor(redis: Redis, prefix?: string, onUnreadable?: OnUnreadable) {
    const keys = new Keys(prefix);
    const key = (id: string) => keys.sessions(id);
    super(redis, { what: 'API process', ids: keys.sessionHolders, key, schema: ProcessSessions }, onUnreadable);
  }
}
