import { describe, expect, it } from 'vitest';
import { assess, parseInfo } from './server-check.js';

const healthy = parseInfo(
  '# Server\r\nredis_version:7.0.15\r\naof_enabled:1\r\nmaxmemory_policy:noeviction\r\nmaxmemory:1000\r\nused_memory:250\r\n',
);
const withInfo = (changes: Record<string, string>) => new Map([...healthy, ...Object.entries(changes)]);

describe('the start-up checks', () => {
  it('find nothing wrong with a Redis that keeps what it acknowledges', () => {
    expect(assess(healthy, 12)).toEqual({ faults: [], warnings: new Map(), memoryRatio: 0.25 });
  });

  it.each([
    [
      'an evicting policy',
      withInfo({ maxmemory_policy: 'allkeys-lru' }),
      0,
      /maxmemory-policy is allkeys-lru.*noeviction/,
    ],
    ['an old server', withInfo({ redis_version: '6.0.16' }), 0, /6\.0\.16 is too old/],
    ['a clock that is a minute off', healthy, -61_000, /differ by 61000 ms/],
  ])('refuse %s and name the remedy', (_, info, skewMs, message) => {
    expect(assess(info, skewMs).faults).toEqual([expect.stringMatching(message)]);
  });

  it('refuse to acknowledge durably what Redis cannot make durable, and name the other way', () => {
    const faultsOf = (changes: Record<string, string>) =>
      assess(withInfo(changes), 0, { durableAccept: true }).faults.join();
    expect(faultsOf({})).toMatch(/STRIDE_DURABLE_ACCEPT needs WAITAOF of Redis 7\.2.*7\.0\.15.*appendfsync always/);
    expect(faultsOf({ redis_version: '7.2.4', aof_enabled: '0' })).toMatch(/STRIDE_DURABLE_ACCEPT.*appendonly yes/);
    expect(faultsOf({ redis_version: '7.2.4' })).toBe('');
  });

  it('warn about missing persistence, a missing memory limit and a small clock difference', () => {
    const { faults, warnings } = assess(withInfo({ aof_enabled: '0', maxmemory: '0' }), 3_000);
    expect(faults).toEqual([]);
    expect([...warnings.keys()].sort()).toEqual(['clock_skew', 'durability', 'maxmemory']);
  });
});
