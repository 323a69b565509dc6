import { checkStream, drawBlock, type StreamId } from './rng.js';

const WORD = 2 ** 32;
const RADIANS_PER_WORD = (2 * Math.PI) / WORD;
const LN_2 = 0.6931471805599453;
const SQRT_2 = 1.4142135623730951;
/** 2^-e for e = 0..32: exact scaling of (word + 0.5) into [1, 2). */
const SCALES = Float64Array.from({ length: 33 }, (_, e) => 2 ** -e);
/** Cosine and sine of whole quarter turns: a table, because the branch would be mispredicted every other time. */
const COSINES = Float64Array.of(1, 0, -1, 0);
const SINES = Float64Array.of(0, 1, 0, -1);

const block = new Uint32Array(4);

/**
 * Fills out with N(0, 1) numbers by Box-Muller from the words of a stream; element i is a function of (stream, step, i) alone,
 * |z| < 6.77. Logarithm, sine and cosine are our own, from + - * / and square root only, because the language leaves
 * the last bits of Math.log, Math.sin and Math.cos open: this way every machine draws the same bytes.
 */
export function fillNormal(out: Float32Array, stream: StreamId, step: number): void {
  checkStream(stream, step);
  const whole = out.length - (out.length % 4);
  for (let i = 0; i < whole; i += 4) {
    drawBlock(stream, step, i / 4, block);
    writePair(block[0], block[1], out, i);
    writePair(block[2], block[3], out, i + 2);
  }
  if (whole < out.length) fillRest(out, whole, stream, step);
}

function fillRest(out: Float32Array, whole: number, stream: StreamId, step: number): void {
  const rest = new Float32Array(4);
  drawBlock(stream, step, whole / 4, block);
  writePair(block[0], block[1], rest, 0);
  writePair(block[2], block[3], rest, 2);
  out.set(rest.subarray(0, out.length - whole), whole);
}

/** r cos φ, r sin φ with r = √(-2 ln((w0 + 0.5) / 2^32)), φ = 2π w1 / 2^32. */
function writePair(w0: number, w1: number, out: Float32Array, at: number): void {
  const r = Math.sqrt(-2 * lnOfWord(w0));
  const quarter = (w1 + 0x20000000) >>> 30; // nearest quarter turn, modulo 4; the rest is within ±π/4 and exact
  const angle = ((w1 - quarter * 0x40000000) | 0) * RADIANS_PER_WORD;
  const square = angle * angle;
  const sine = angle * sineSeries(square);
  const cosine = cosineSeries(square);
  out[at] = r * (COSINES[quarter] * cosine - SINES[quarter] * sine);
  out[at + 1] = r * (SINES[quarter] * cosine + COSINES[quarter] * sine);
}

/** ln((word + 0.5) / 2^32), absolute error below 1e-15: exponent split and the series of 2 atanh((m-1)/(m+1)). */
function lnOfWord(word: number): number {
  const value = word + 0.5;
  let exponent = 31 - Math.clz32(word);
  let m = exponent < 0 ? 1 : value * SCALES[exponent];
  if (m > SQRT_2) {
    m *= 0.5;
    exponent += 1;
  }
  const s = (m - 1) / (m + 1);
  return (exponent - 32) * LN_2 + 2 * s * atanhSeries(s * s);
}

/** atanh(s)/s for q = s², |s| <= 0.1716. */
function atanhSeries(q: number): number {
  let sum = 1 / 21;
  sum = sum * q + 1 / 19;
  sum = sum * q + 1 / 17;
  sum = sum * q + 1 / 15;
  sum = sum * q + 1 / 13;
  sum = sum * q + 1 / 11;
  sum = sum * q + 1 / 9;
  sum = sum * q + 1 / 7;
  sum = sum * q + 1 / 5;
  sum = sum * q + 1 / 3;
  return sum * q + 1;
}

/** sin(v)/v for q = v², |v| <= π/4: Taylor to v^15. */
function sineSeries(q: number): number {
  let sum = -1 / 1307674368000;
  sum = sum * q + 1 / 6227020800;
  sum = sum * q - 1 / 39916800;
  sum = sum * q + 1 / 362880;
  sum = sum * q - 1 / 5040;
  sum = sum * q + 1 / 120;
  sum = sum * q - 1 / 6;
  return sum * q + 1;
}

/** cos(v) for q = v², |v| <= π/4: Taylor to v^16. */
function cosineSeries(q: number): number {
  let sum = 1 / 20922789888000;
  sum = sum * q - 1 / 87178291200;
  sum = sum * q + 1 / 479001600;
  sum = sum * q - 1 / 3628800;
  sum = sum * q + 1 / 40320;
  sum = sum * q - 1 / 720;
  sum = sum * q + 1 / 24;
  sum = sum * q - 1 / 2;
  return sum * q + 1;
}
