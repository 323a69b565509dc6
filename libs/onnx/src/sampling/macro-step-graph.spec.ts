import { describe, expect, it } from 'vitest';
import { COEFFICIENTS_PER_STEP } from '#ddim';
import { config, D, H, normals, parameters } from '../../../engine/testing/probe-rows.js';
import { BoundSession } from '../runtime/bound-session.js';
import { buildMacroStepGraph, type MacroStepVariant } from './macro-step-graph.js';
import { createSession, loadOnnxRuntime } from '../runtime/session.js';

const B = 5;

/**
 * Different labels, coefficients and noise for every row and step; extended, two rows of the network are
 * guided and two rows are fixed in part; chunked, also two rows have a plan under way.
 */
function feedsOf(K: number, variant: MacroStepVariant) {
  const floats = (shape: readonly number[], seed: number) => ({ shape, data: normals(shape.reduce(product, 1), seed) });
  const indices = (...values: number[]) => ({ shape: [values.length], data: Int32Array.from(values) });
  const coefficients = floats([K, B, COEFFICIENTS_PER_STEP], 3);
  for (let at = 6; at < coefficients.data.length; at += COEFFICIENTS_PER_STEP) coefficients.data.set([-3, 3], at);
  const labels = Int32Array.from({ length: K * B }, (_, i) => (i * 7) % config.numTrainTimesteps);
  const plain = {
    x: floats([B, D], 1),
    timesteps: { shape: [K, B], data: labels },
    coefficients,
    z: floats([K, 3, D], 4),
    noise_index: indices(0, 1, 2, 1, 0),
  };
  const chunk = {
    chunk_weights: floats([3, D], 10),
    chunk_y: floats([3, D], 11),
    chunk_index: indices(0, 0, 2, 1, 0),
    pull: floats([K, B, 1], 12),
  };
  if (variant === 'plain') return { ...plain, conditions: floats([B, H], 2) };
  if (variant === 'chunked') return { ...plain, ...chunk, conditions: floats([B, H], 2) };
  return {
    ...plain,
    ...(variant === 'extended_chunked' && chunk),
    conditions: floats([B + 2, H], 2),
    source: indices(0, 1, 2, 3, 4, 1, 3),
    cond_index: indices(0, 1, 2, 3, 4),
    null_index: indices(0, 5, 2, 6, 4),
    scale: floats([B, 1], 5),
    keep: floats([3, D], 6),
    y: floats([3, D], 7),
    z0: floats([3, D], 8),
    fixed_index: indices(0, 1, 0, 0, 2),
    levels: floats([K, B, 2], 9),
  };
}

async function run(K: number, variant: MacroStepVariant, unrolledSteps: number | undefined): Promise<Float32Array[]> {
  const runtime = await loadOnnxRuntime();
  const model = buildMacroStepGraph(config, parameters, { variant, unrolledSteps });
  const session = new BoundSession(runtime, await createSession(runtime, 'cpu', model));
  const result = () => ({ shape: [B, D], data: new Float32Array(B * D) });
  const [x_next, x0] = [result(), result()];
  await session.run(feedsOf(K, variant), { x_next, x0 });
  await session.release();
  return [x_next.data, x0.data];
}

function product(left: number, right: number): number {
  return left * right;
}

describe('the unrolled macro-step graph', () => {
  it.each([
    { variant: 'plain', K: 1 },
    { variant: 'plain', K: 5 },
    { variant: 'extended', K: 1 },
    { variant: 'extended', K: 5 },
    { variant: 'chunked', K: 1 },
    { variant: 'chunked', K: 5 },
    { variant: 'extended_chunked', K: 1 },
    { variant: 'extended_chunked', K: 5 },
  ] as const)('gives the bytes of the loop: $variant, $K steps', async ({ variant, K }) => {
    const [looped, unrolled] = [await run(K, variant, undefined), await run(K, variant, K)];
    expect(unrolled).toEqual(looped);
    expect(looped[0].some((value) => value !== 0 && Number.isFinite(value))).toBe(true);
    expect(looped[0]).not.toEqual(looped[1]);
  });
});
