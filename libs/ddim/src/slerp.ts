/** Spherical interpolation of two rows [D] of noise, u in [0, 1]. */
export function slerp(z1: Float32Array, z2: Float32Array, u: number): Float32Array {
  throw new Error(`unfinished: ${z1.length} ${z2.length} ${u}`);
}
