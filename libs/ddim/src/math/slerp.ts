import { check, checkInteger, checkLength } from '../checks.js';

/** Beyond this cosine two directions are taken as parallel: sin θ is too small to divide by. */
const PARALLEL = 0.9995;

/**
 * Spherical interpolation of two rows [D] of noise: sin((1-u)θ)/sin θ z1 + sin(uθ)/sin θ z2, in float64; a
 * straight line when the rows are nearly parallel. Both ends are exact.
 * @throws InputError when the lengths differ or u is outside [0, 1]
 */
export function slerp(z1: Float32Array, z2: Float32Array, u: number): Float32Array {
  checkLength('z2', z2.length, z1.length, 'as long as z1');
  check(u >= 0 && u <= 1, 'u', u, 'a number in 0..1');
  const cosine = dot(z1, z2) / Math.sqrt(dot(z1, z1) * dot(z2, z2));
  let first = 1 - u;
  let second = u;
  if (Math.abs(cosine) <= PARALLEL) {
    const theta = Math.acos(cosine);
    first = Math.sin((1 - u) * theta) / Math.sin(theta);
    second = Math.sin(u * theta) / Math.sin(theta);
  }
  return z1.map((value, i) => first * value + second * z2[i]);
}

/** `count` evenly spaced points from z1 to z2, both ends included (one point: z1); [count,D]. */
export function interpolateNoise(z1: Float32Array, z2: Float32Array, count: number): Float32Array {
  checkInteger('count', count, 1, Infinity);
  const rows = new Float32Array(count * z1.length);
  for (let i = 0; i < count; i++) rows.set(slerp(z1, z2, count === 1 ? 0 : i / (count - 1)), i * z1.length);
  return rows;
}

function dot(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += left[i] * right[i];
  return sum;
}
