import { describe, expect, it } from 'vitest';
import { fromRedis } from './redis-refusal.js';

/** Texts of Redis 7.0.15, of 6.2 in scripts, and of a cluster. */
const texts: readonly (readonly [text: string, code: string])[] = [
  ["OOM command not allowed when used memory > 'maxmemory'.", 'queue_full'],
  ["OOM command not allowed when used memory > 'maxmemory'. script: 1f, on @user_script:3.", 'queue_full'],
  ['ERR Error running script (call to f_1f): @user_script:3: -OOM command not allowed', 'queue_full'],
  ["READONLY You can't write against a read only replica.", 'queue_unavailable'],
  ["READONLY You can't write against a read only replica. script: 1f, on @user_script:3.", 'queue_unavailable'],
  ["ERR Error running script (call to f_1f): @user_script:3: -READONLY You can't write", 'queue_unavailable'],
  ['LOADING Redis is loading the dataset in memory', 'queue_unavailable'],
  ['MOVED 3999 127.0.0.1:6381', 'queue_unavailable'],
  ['CLUSTERDOWN Hash slot not served', 'queue_unavailable'],
  ['MISCONF Redis is configured to save RDB snapshots', 'queue_unavailable'],
  ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", 'queue_unavailable'],
  ['ASK 3999 127.0.0.1:6381', 'queue_unavailable'],
  ['TRYAGAIN Multiple keys request during rehashing of slot', 'queue_unavailable'],
  ["CROSSSLOT Keys in request don't hash to the same slot", 'queue_unavailable'],
  ['NOREPLICAS Not enough good replicas to write.', 'queue_unavailable'],
  ['BUSY Redis is busy running a script.', 'queue_unavailable'],
  ['NOAUTH Authentication required.', 'queue_unavailable'],
  ['WRONGPASS invalid username-password pair or user is disabled.', 'queue_unavailable'],
  ["NOPERM this user has no permissions to run the 'get' command", 'queue_unavailable'],
  ['WRONGTYPE Operation against a key holding the wrong kind of value', 'internal_error'],
  ["ERR unknown command 'x'", 'internal_error'],
];

describe('A refusal of Redis', () => {
  it.each(texts)('%s is %s', (text, code) => {
    expect(fromRedis(new Error(text)).code).toBe(code);
  });

  it.each([
    ['OOM command not allowed', 'queue_full'],
    ['READONLY You are a replica', 'queue_unavailable'],
    ['ERR syntax error', 'internal_error'],
  ])('of a transaction is that of its command: %s', (text, code) => {
    const error = new Error('EXECABORT Transaction discarded because of previous errors.');
    expect(fromRedis(Object.assign(error, { previousErrors: [new Error(text)] })).code).toBe(code);
  });
});
