/**
 * The normal numbers of a stream, as libs/ddim/src/random draws them: the same words of philox4x32, bit for
 * bit, and Box-Muller in float32 instead of float64, so that a number may differ in its last bits.
 */
export const NOISE_PROGRAM = `
/* Both halves of a product of two words: high, low. */
fn wide_product(left: u32, right: u32) -> vec2u {
  let low = (left & 0xffffu) * (right & 0xffffu);
  let middle = (left >> 16u) * (right & 0xffffu) + (low >> 16u);
  let other = (left & 0xffffu) * (right >> 16u) + (middle & 0xffffu);
  return vec2u((left >> 16u) * (right >> 16u) + (middle >> 16u) + (other >> 16u), left * right);
}
fn philox(counter: vec4u, first_key: vec2u) -> vec4u {
  var c = counter;
  var key = first_key;
  for (var round = 0u; round < 10u; round++) {
    let left = wide_product(0xd2511f53u, c.x);
    let right = wide_product(0xcd9e8d57u, c.z);
    c = vec4u(right.x ^ c.y ^ key.x, right.y, left.x ^ c.w ^ key.y, left.y);
    key += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}
/* ln((word + 1/2) / 2^32). Near 1 its distance from 1 is what counts: ln(1 - v). */
fn log_of_word(word: u32) -> f32 {
  if (word >= 0x80000000u) {
    let v = (f32(~word) + 0.5) * 0x1p-32f;
    let s = v / (v - 2.0);
    let q = s * s;
    let series = fma(fma(fma(fma(fma(fma(fma(1.0 / 15.0, q, 1.0 / 13.0), q, 1.0 / 11.0), q, 1.0 / 9.0), q, 1.0 / 7.0), q, 0.2), q, 1.0 / 3.0), q, 1.0);
    return 2.0 * s * series;
  }
  let is_small = word < 0x400000u;
  let near = select(f32(word), f32(word) + 0.5, is_small);
  let rest = select((f32(i32(word) - i32(f32(word))) + 0.5) / near, 0.0, is_small);
  let parts = frexp(near);
  var exponent = f32(parts.exp - 32);
  var m = parts.fract;
  if (m < 0.70710678) { m *= 2.0; exponent -= 1.0; }
  let s = (m - 1.0) / (m + 1.0);
  let q = s * s;
  let series = fma(fma(fma(fma(1.0 / 9.0, q, 1.0 / 7.0), q, 0.2), q, 1.0 / 3.0), q, 1.0);
  /* ln 2 in two parts, of which the first has so few digits that its product with an exponent is exact. */
  return fma(exponent, 0.693145751953125, fma(exponent, 1.42860677e-6, fma(2.0 * s, series, rest)));
}
/* Cosine, or sine, of 2 pi word / 2^32: whole quarter turns, and the rest within an eighth. */
fn turn(word: u32, is_sine: bool) -> f32 {
  let quarter = (word + 0x20000000u) >> 30u;
  let rest = bitcast<i32>(word - (quarter << 30u));
  let near = f32(rest);
  let left_over = f32(rest - i32(near));
  let angle = fma(near, 1.462918119976564e-9, fma(near, -4.07094e-17, left_over * 1.462918119976564e-9));
  let q = angle * angle;
  let place = (quarter + select(0u, 3u, is_sine)) & 3u;
  var value: f32;
  if ((place & 1u) == 0u) {
    value = fma(fma(fma(fma(fma(-1.0 / 3628800.0, q, 1.0 / 40320.0), q, -1.0 / 720.0), q, 1.0 / 24.0), q, -0.5), q, 1.0);
  } else {
    value = fma(angle * q, fma(fma(fma(-1.0 / 39916800.0, q, 1.0 / 362880.0), q, -1.0 / 5040.0) , q, 1.0 / 120.0) * q - 1.0 / 6.0, angle);
  }
  if (place == 1u || place == 2u) { return -value; }
  return value;
}
/* Element j of a stream: key, row, and the step. */
fn normal(key: vec2u, row: u32, step: u32, j: u32) -> f32 {
  let words = philox(vec4u(j / 4u, step, row, 0u), key);
  let first = select(words.xy, words.zw, (j & 2u) != 0u);
  return sqrt(-2.0 * log_of_word(first.x)) * turn(first.y, (j & 1u) == 1u);
}
`;
