import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { initialParameters, mlpPredict, type MlpDenoiserConfig } from '#ddim';
import { runSelfTest } from '#engine';
import { EmulatedDenoiser, type EmulatedPath } from '../../libs/cuda/testing/emulated-denoiser.js';
import { Emulator, whyNotEmulated } from '../../libs/cuda/testing/emulator.js';
import { KernelRows } from '../../libs/cuda/testing/kernel-rows.js';

/** The shape that speeds are told for, and one that fills no tile. */
const SHAPES = {
  seed: { hiddenSize: 256, numLayers: 4, actionDim: 32, actionHorizon: 16 },
  odd: { hiddenSize: 40, numLayers: 2, actionDim: 3, actionHorizon: 7 },
} as const;
const PRECISIONS = ['float32', 'bf16'] as const;
const PATHS: readonly EmulatedPath[] = [64, 32, 16, 'graph'];
/** Of the largest number of a result, from the float64 network's. */
const TOLERANCES = { float32: 1e-4, bf16: 5e-2 };

function modelOf(shape: keyof typeof SHAPES) {
  const config: MlpDenoiserConfig = {
    obsSize: 6,
    numTrainTimesteps: 100,
    predictionType: 'epsilon',
    preconditioning: 'none',
    ...SHAPES[shape],
  };
  return { version: `${shape}@1`, config, parameters: initialParameters(config, 5) };
}

const reason = whyNotEmulated();
const about = reason === undefined ? '' : ` (skipped: ${reason})`;

/** What kernel-arithmetic.spec.ts proves of tiny networks, at full size and in every number of rows. */
describe.skipIf(reason !== undefined)(`the kernels, compiled for the host${about}`, { timeout: 1_800_000 }, () => {
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await Emulator.compile();
  });
  afterAll(() => emulator.close());

  it.each(PRECISIONS)('agree in %s with the float64 network at full size, in all ways alike', async (precision) => {
    const model = modelOf('seed');
    const rows = new KernelRows(model, 18, 2);
    const [first, ...others] = await Promise.all(
      PATHS.filter((path) => path !== 32).map((path) =>
        rows.advance(new EmulatedDenoiser(emulator, model, { precision, path }), { steps: 2 }),
      ),
    );
    for (const other of others) expect(other).toEqual(first);
    const error = rows.largestError(first, mlpPredict(model.config, model.parameters));
    console.log(`${precision}: off by ${error.toExponential(1)} of the largest number after 2 steps`);
    expect(error).toBeLessThan(TOLERANCES[precision]);
  });

  it.each(PRECISIONS.flatMap((precision) => PATHS.map((path) => ({ precision, path }))))(
    'pass the self-test of a load: $precision, $path',
    async ({ precision, path }) => {
      const model = modelOf('odd');
      const subject = new EmulatedDenoiser(emulator, model, { precision, path });
      expect(await runSelfTest(subject, model, precision)).toBe(true);
    },
  );

  it.each(PRECISIONS)('give a row the same bytes in %s as one of 1 to 130', async (precision) => {
    const model = modelOf('odd');
    const rows = new KernelRows(model, 130, 1);
    const on = (path: EmulatedPath) => new EmulatedDenoiser(emulator, model, { precision, path });
    const all = await rows.advance(on('graph'), { steps: 1 });
    for (let count = 1; count <= 130; count++) {
      const chosen = Array.from({ length: count }, (_, i) => (i * 7 + count) % 130);
      for (const path of [64, 16] as const)
        expect(await rows.advance(on(path), { steps: 1, chosen }), `${count} on ${path}`).toEqual(
          chosen.map((i) => all[i]),
        );
    }
  });
});
