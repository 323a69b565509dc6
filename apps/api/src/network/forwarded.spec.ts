import { describe, expect, it } from 'vitest';
import { forwarded } from './forwarded.js';

describe('forwarded', () => {
  const chain = { headers: { 'x-forwarded-host': 'forged, outer , inner', 'x-forwarded-proto': 'https' } };

  it.each([
    [0, undefined, undefined],
    [1, 'inner', 'https'],
    [2, 'outer', 'https'],
    [3, 'forged', 'https'],
    [9, 'forged', 'https'],
  ])('of %i proxies is what the outermost of them was asked for: %s by %s', (hops, host, proto) => {
    expect([forwarded(chain, 'host', hops), forwarded(chain, 'proto', hops)]).toEqual([host, proto]);
  });

  it('is nothing without the header', () => {
    expect(forwarded({ headers: {} }, 'host', 1)).toBeUndefined();
  });
});
