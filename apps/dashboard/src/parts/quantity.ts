const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;
const DAY_SECONDS = 24 * HOUR_SECONDS;
const NONE = '–';

/** A number with its unit, as people read it; both parts are apart so that they can look different. */
export interface Quantity {
  readonly text: string;
  readonly unit: string;
}

/** Three figures, in thousands where there are many: 0.52, 7.03, 12.6, 845, 12.4 k. */
export function count(value: number | null | undefined, unit = ''): Quantity {
  if (value === null || value === undefined || !Number.isFinite(value)) return { text: NONE, unit: '' };
  const magnitude = Math.abs(value);
  if (magnitude >= 1e9) return { text: figures(value / 1e9), unit: `G${unit}` };
  if (magnitude >= 1e6) return { text: figures(value / 1e6), unit: `M${unit}` };
  if (magnitude >= 1e4) return { text: figures(value / 1e3), unit: `k${unit}` };
  return { text: Number.isInteger(value) ? String(value) : figures(value), unit };
}

/** A span of time: 312 µs, 4.1 ms, 2.5 s, 3 min 20 s, 2 h 5 min, 3 d 4 h. */
export function span(seconds: number | null | undefined): Quantity {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return { text: NONE, unit: '' };
  if (seconds === 0) return { text: '0', unit: 's' };
  if (seconds < 1e-3) return { text: figures(1e6 * seconds), unit: 'µs' };
  if (seconds < 1) return { text: figures(1e3 * seconds), unit: 'ms' };
  if (seconds < MINUTE_SECONDS) return { text: figures(seconds), unit: 's' };
  if (seconds < HOUR_SECONDS) return { text: parted(seconds, [MINUTE_SECONDS, 'min'], [1, 's']), unit: '' };
  if (seconds < DAY_SECONDS) return { text: parted(seconds, [HOUR_SECONDS, 'h'], [MINUTE_SECONDS, 'min']), unit: '' };
  return { text: parted(seconds, [DAY_SECONDS, 'd'], [HOUR_SECONDS, 'h']), unit: '' };
}

/** 512 B, 1.5 MB: powers of 1000. */
export function size(bytes: number | null | undefined): Quantity {
  const { text, unit } = count(bytes, 'B');
  return bytes !== null && bytes !== undefined && bytes >= 1e3 && bytes < 1e4
    ? { text: figures(bytes / 1e3), unit: 'kB' }
    : { text, unit };
}

/** A share of 1 in percent. */
export function share(ratio: number | null | undefined): Quantity {
  if (ratio === null || ratio === undefined || !Number.isFinite(ratio)) return { text: NONE, unit: '' };
  return { text: (100 * ratio).toFixed(ratio > 0 && ratio < 0.1 ? 1 : 0), unit: '%' };
}

/** Both parts as one text. */
export function inWords({ text, unit }: Quantity): string {
  return unit === '' ? text : `${text} ${unit}`;
}

function figures(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 99.95 || magnitude === 0) return value.toFixed(0);
  if (magnitude >= 9.995) return value.toFixed(1);
  return magnitude >= 0.01 ? value.toFixed(2) : value.toPrecision(2);
}

function parted(
  seconds: number,
  [whole, wholeUnit]: readonly [number, string],
  [part, partUnit]: readonly [number, string],
): string {
  const parts = Math.round(seconds / part);
  const perWhole = whole / part;
  return `${Math.floor(parts / perWhole)} ${wholeUnit} ${parts % perWhole} ${partUnit}`;
}
