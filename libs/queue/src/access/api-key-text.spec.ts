import { describe, expect, it } from 'vitest';
import { formatApiKey, newKeyId, newSecret, parseApiKey } from './api-key-text.js';

describe('The text of an API key', () => {
  const parts = { id: 'a1b2c3d4', secret: 'x'.repeat(43) };
  const key = formatApiKey(parts);

  it('is stride_<id 8>_<secret 43><checksum 6>, and reads back', () => {
    expect(key).toMatch(/^stride_a1b2c3d4_x{43}[A-Za-z0-9]{6}$/);
    expect(parseApiKey(key)).toEqual(parts);
    const fresh = { id: newKeyId(), secret: newSecret() };
    expect(parseApiKey(formatApiKey(fresh))).toEqual(fresh);
  });

  it('is refused with any one character changed, before anybody looks it up', () => {
    for (let i = 0; i < key.length; i++) {
      const changed = key.slice(0, i) + (key[i] === 'z' ? 'y' : 'z') + key.slice(i + 1);
      expect(parseApiKey(changed), changed).toBeUndefined();
    }
  });

  it.each(['', 'stride_', key.slice(1), key.slice(0, -1), `${key}0`, `${key}\n`, ` ${key}`, key.toUpperCase()])(
    'is not %j',
    (text) => {
      expect(parseApiKey(text)).toBeUndefined();
    },
  );
});
