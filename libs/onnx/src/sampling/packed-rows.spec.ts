import { describe, expect, it } from 'vitest';
import { COEFFICIENTS_PER_STEP } from '#ddim';
import type { MacroStep } from '#engine';
import { assembleMacroStep } from '../../../engine/src/self-test/self-test-rows.js';
import { config, D, mixedRows, parameters } from '../../../engine/testing/probe-rows.js';
import { BoundSession, type ShapedArray } from '../runtime/bound-session.js';
import { buildMacroStepGraph, type MacroStepVariant } from './macro-step-graph.js';
import { isNoisy, RowPacker } from './packed-rows.js';
import { createSession, loadOnnxRuntime } from '../runtime/session.js';

const K = 2;
const rows = mixedRows.map(({ x, condition, steps }) => ({ x, condition, steps }));
const silentRows = rows.filter(({ steps }) => steps.every(({ z }) => z === undefined));

function macroStepOf(chosen: typeof rows): MacroStep {
  return assembleMacroStep(
    chosen.map((row) => ({ row, x: row.x, done: 0 })),
    K,
    false,
  );
}

/** One macro-step on the CPU provider, unrolled. @returns x and x0 */
async function run(
  variant: MacroStepVariant,
  feeds: Record<string, ShapedArray>,
  size: number,
): Promise<Float32Array[]> {
  const runtime = await loadOnnxRuntime();
  const model = buildMacroStepGraph(config, parameters, { variant, unrolledSteps: K });
  const session = new BoundSession(runtime, await createSession(runtime, 'cpu', model));
  const result = () => ({ shape: [size / D, D], data: new Float32Array(size) });
  const [x_next, x0] = [result(), result()];
  await session.run(feeds, { x_next, x0 });
  await session.release();
  return [x_next.data, x0.data];
}

function runPlain({ numRows: B, x, conditions, timesteps, coefficients, noise }: MacroStep): Promise<Float32Array[]> {
  return run(
    'plain',
    {
      x: { data: x, shape: [B, D] },
      conditions: { data: conditions, shape: [B, config.hiddenSize] },
      timesteps: { data: timesteps, shape: [K, B] },
      coefficients: { data: coefficients, shape: [K, B, COEFFICIENTS_PER_STEP] },
      z: { data: noise.z, shape: [K, noise.z.length / (K * D), D] },
      noise_index: { data: noise.index, shape: [B] },
    },
    x.length,
  );
}

function runPacked(step: MacroStep): Promise<Float32Array[]> {
  const packed = new RowPacker(config).pack(step);
  if (!isNoisy(step)) return run('quiet', { rows: packed }, step.x.length);
  const z = { data: step.noise.z, shape: [K, step.noise.z.length / (K * D), D] };
  return run('packed', { rows: packed, z }, step.x.length);
}

describe('packed rows', () => {
  it('give the bytes of separate inputs, with and without noise', async () => {
    for (const step of [macroStepOf(rows), macroStepOf(silentRows)])
      expect(await runPacked(step)).toEqual(await runPlain(step));
    expect(isNoisy(macroStepOf(rows))).toBe(true);
    expect(isNoisy(macroStepOf(silentRows))).toBe(false);
  });

  it('leave no -0 that noise of a neighbour would turn into +0', async () => {
    const idle = macroStepOf(silentRows);
    for (let at = 0; at < idle.coefficients.length; at += COEFFICIENTS_PER_STEP)
      idle.coefficients.set([0, 0, -0, -0, 1, 0, -1, 1], at);
    idle.x.fill(-0);
    const [x] = await runPacked(idle);
    expect([...x].every((value) => Object.is(value, 0))).toBe(true);
  });

  it('must have the sizes that the macro-step says', () => {
    const step = macroStepOf(silentRows);
    const packer = new RowPacker(config);
    const size = step.numRows * 3;
    expect(() => packer.pack({ ...step, stepsPerCall: 3 })).toThrow(
      `timesteps of ${step.numRows} rows must have ${size} numbers, got ${step.timesteps.length}`,
    );
  });
});
