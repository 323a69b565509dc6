import { Packr } from 'msgpackr';
import { describe, expect, it } from 'vitest';
import { packMessage, type MessageValue } from './pack-message.js';
import { arrayOf, unpackMessage } from './unpack-message.js';

// The service's own reader and writer.
const packr = new Packr({ mapsAsObjects: false, useRecords: false, int64AsType: 'number' });
const VALUES: Readonly<Record<string, MessageValue>> = {
  nothing: null,
  yes: true,
  no: false,
  small: 7,
  negative: -3,
  wide: 2 ** 40,
  fraction: -0.125,
  text: 'é'.repeat(40),
  bytes: Uint8Array.of(1, 2, 3),
  list: [1, 'two', [3]],
};

describe('a message', () => {
  it('is read by msgpackr as it was meant', () => {
    const read: unknown = packr.unpack(Buffer.from(packMessage({ ...VALUES, inner: { a: 1, gone: undefined } })));
    const { bytes, ...others } = VALUES;
    expect(read).toEqual(
      new Map<string, unknown>([
        ...Object.entries(others),
        ['bytes', Buffer.from(bytes as Uint8Array)],
        ['inner', new Map([['a', 1]])],
      ]),
    );
  });

  it('of msgpackr is read as it was meant, in each of its widths', () => {
    const wide = { ...VALUES, numbers: [0, 127, 128, 255, 256, 65_535, 65_536, -32, -33, -129, -40_000, 1.5e300] };
    const long = { text: 'x'.repeat(70_000), list: Array.from({ length: 70_000 }, (_, i) => i % 100) };
    const map = new Map<string, unknown>(Object.entries({ ...wide, ...long }));
    expect(unpackMessage(Uint8Array.from(packr.pack(map)))).toEqual({ ...wide, ...long });
  });

  it('carries arrays as openpi packs them, with bytes for keys', () => {
    const packed = packMessage({ state: Float32Array.of(1, -2.5) });
    const read: unknown = packr.unpack(Buffer.from(packed));
    const array = read instanceof Map ? read.get('state') : undefined;
    const entries: [unknown, unknown][] = array instanceof Map ? [...array] : [];
    expect(entries.map(([key]) => key instanceof Uint8Array)).toEqual([true, true, true, true]);
    const fields = entries.map(([key, value]) => [String(key), value]);
    expect(Object.fromEntries(fields)).toMatchObject({ __ndarray__: true, dtype: '<f4', shape: [2] });
    const back = new Map<unknown, unknown>(Object.entries(unpackMessage(packed)));
    expect(arrayOf(back.get('state'))).toEqual({ shape: [2], values: Float32Array.of(1, -2.5) });
  });

  it('that is none is an unexpected answer', () => {
    for (const bytes of [Uint8Array.of(0xc1), Uint8Array.of(0x01)])
      expect(() => unpackMessage(bytes)).toThrow(expect.objectContaining({ code: 'unexpected_answer' }));
    expect(() => arrayOf(new Map())).toThrow(expect.objectContaining({ code: 'unexpected_answer' }));
  });
});
