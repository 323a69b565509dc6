import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bf16Predict, initialParameters, mlpPredict, type MlpDenoiserConfig } from '#ddim';
import type { MlpModelSource } from '#engine';
import { EmulatedDenoiser, type EmulatedPath } from '../../testing/emulated-denoiser.js';
import { Emulator, whyNotEmulated } from '../../testing/emulator.js';
import { KernelRows } from '../../testing/kernel-rows.js';
import type { KernelPrecision } from './kernel-interface.js';

const PRECISIONS: readonly KernelPrecision[] = ['float32', 'bf16'];
/** Of the largest number of a result, from the float64 network's. */
const TOLERANCES: Readonly<Record<KernelPrecision, number>> = { float32: 1e-4, bf16: 5e-2 };

function modelOf(sizes: Partial<MlpDenoiserConfig>): MlpModelSource {
  const config: MlpDenoiserConfig = {
    obsSize: 0,
    actionDim: 3,
    actionHorizon: 3,
    hiddenSize: 8,
    numLayers: 1,
    numTrainTimesteps: 50,
    predictionType: 'epsilon',
    preconditioning: 'none',
    ...sizes,
  };
  const parameters = new Map(initialParameters(config, 3));
  for (const [name, values] of parameters)
    // biases and norms that are not all alike
    if (!name.endsWith('.kernel'))
      parameters.set(
        name,
        values.map((value, i) => value + 0.1 * Math.sin(i + 1)),
      );
  return { version: 'spec@1', config, parameters };
}

const tiny = modelOf({});
/** H and D of which neither is a multiple of a panel. */
const UNEVEN = { hiddenSize: 264, actionHorizon: 86 };
const reason = whyNotEmulated();

describe.skipIf(reason !== undefined)(
  `the kernels, compiled for the host${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    let emulator: Emulator;
    beforeAll(async () => {
      emulator = await Emulator.compile();
    });
    afterAll(() => emulator.close());
    const on = (model: MlpModelSource, precision: KernelPrecision, path: EmulatedPath, backwards = false) =>
      new EmulatedDenoiser(emulator, model, { precision, path, backwards });

    it.each([
      { precision: 'float32', what: 'one panel, padded', sizes: { numLayers: 2 } },
      { precision: 'float32', what: 'panels of h and x that are not whole', sizes: UNEVEN },
      { precision: 'bf16', what: 'one panel, padded', sizes: { numLayers: 2 } },
      { precision: 'bf16', what: 'panels of h and x that are not whole', sizes: UNEVEN },
    ] as const)('agree in $precision with the float64 network: $what', async ({ precision, sizes }) => {
      const model = modelOf(sizes);
      const rows = new KernelRows(model, 3, 1);
      const results = await rows.advance(on(model, precision, 'graph'), { steps: 1 });
      const error = rows.largestError(results, mlpPredict(model.config, model.parameters));
      const rounded = rows.largestError(results, bf16Predict(model.config, model.parameters));
      const own = precision === 'bf16' ? `, ${rounded.toExponential(1)} from one that rounds as well` : '';
      console.log(`${precision}, H ${model.config.hiddenSize}: off by ${error.toExponential(1)} of the largest${own}`);
      expect(error).toBeLessThan(TOLERANCES[precision]);
      if (precision === 'bf16') expect(rounded).toBeLessThan(error);
      const tile = on(model, precision, model.config.hiddenSize > 256 ? 32 : 64);
      expect(await rows.advance(tile, { steps: 1 })).toEqual(results);
    });

    describe.each(PRECISIONS)('in %s', (precision) => {
      const rows = new KernelRows(tiny, 65, 4);
      let expected: readonly Float32Array[];
      beforeAll(async () => {
        expected = await rows.advance(on(tiny, precision, 'graph'), { steps: 4 });
      });

      it('do all that a row may need', () => {
        const predict = mlpPredict(tiny.config, tiny.parameters);
        expect(rows.largestError(expected, predict)).toBeLessThan(TOLERANCES[precision]);
      });

      it.each([
        ['a tile of 64', 64, false],
        ['a tile of 64, its threads in reverse', 64, true],
        ['tiles of 32', 32, false],
        ['tiles of 16', 16, false],
        ['small kernels, their threads in reverse', 'graph', true],
      ] as const)('give a row the same bytes in %s', async (_, path, backwards) => {
        expect(await rows.advance(on(tiny, precision, path, backwards), { steps: 4 })).toEqual(expected);
      });

      it.each([64, 16, 'graph'] as const)('give a row the same bytes however its steps are cut: %s', async (path) => {
        const chosen = [0, 1, 2, 6, 9, 12];
        const few = chosen.map((i) => expected[i]);
        for (const steps of [1, 2])
          expect(await rows.advance(on(tiny, precision, path), { steps, chosen })).toEqual(few);
      });

      it.each([1, 15, 16, 17, 63, 64])('give a row the same bytes as one of %i', async (count) => {
        const chosen = Array.from({ length: count }, (_, i) => 64 - i);
        const some = chosen.map((i) => expected[i]);
        for (const path of count === 17 ? ([64, 'graph'] as const) : ([64] as const))
          expect(await rows.advance(on(tiny, precision, path), { steps: 4, chosen })).toEqual(some);
      });

      it.each([NaN, Infinity])('give a row the same bytes beside %d', async (poison) => {
        const beside = new KernelRows(tiny, 65, 4, (i) => (i % 2 === 0 ? poison : undefined));
        const chosen = Array.from({ length: 24 }, (_, i) => i);
        const own = chosen.filter((i) => i % 2 === 1);
        for (const path of [64, 'graph'] as const) {
          const results = await beside.advance(on(tiny, precision, path), { steps: 4, chosen });
          expect(own.map((i) => results[i])).toEqual(own.map((i) => expected[i]));
          expect(results[0].some(Number.isFinite)).toBe(false);
        }
      });
    });
  },
);
