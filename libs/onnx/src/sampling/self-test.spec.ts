import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DenoiserBackend, type LoadedDenoiser, type MacroStep, runSelfTest } from '#engine';
import { initialParameters, ModelLoadError, type MlpDenoiserConfig } from '#ddim';
import { createBackend } from './backend.js';

const config: MlpDenoiserConfig = {
  obsSize: 5,
  actionDim: 3,
  actionHorizon: 4,
  hiddenSize: 16,
  numLayers: 1,
  numTrainTimesteps: 50,
  predictionType: 'epsilon',
  preconditioning: 'none',
};
const model = { version: 'spec@1', config, parameters: initialParameters(config, 2) };

let backend: DenoiserBackend;
let denoiser: LoadedDenoiser;
beforeAll(async () => {
  backend = await createBackend({ providers: ['cpu'] });
  denoiser = await backend.load(model, 'float32');
});
afterAll(() => backend.close());

/** The real denoiser with something done to the state after each call. */
function disturbed(disturb: (macroStep: MacroStep) => unknown): Pick<LoadedDenoiser, 'advance' | 'encodeObservations'> {
  return {
    encodeObservations: (observations, conditions, count) =>
      denoiser.encodeObservations(observations, conditions, count),
    async advance(macroStep) {
      await denoiser.advance(macroStep);
      disturb(macroStep);
    },
  };
}

describe('the self-test', { timeout: 60_000 }, () => {
  it('finds that rows do not depend on their neighbours', async () => {
    expect(await runSelfTest(denoiser, model)).toBe(true);
  });

  const nudge = (x: Float32Array) => (x[0] *= 1 + 2 ** -23);
  const dependences: Array<[string, (macroStep: MacroStep) => boolean]> = [
    ['being alone', ({ numRows }) => numRows === 1],
    // The label of row 0 is 0; in reverse another row comes first.
    ['the order of rows', ({ numRows, timesteps }) => numRows > 1 && timesteps[0] !== 0],
    // Ordinary rows only, through the graph of guided ones.
    ['the graph', ({ numRows, guidance }) => numRows > 1 && guidance?.source.length === numRows],
  ];
  it.each(dependences)('finds a dependence on %s in the last bit', async (_, depends) => {
    const subject = disturbed((macroStep) => depends(macroStep) && nudge(macroStep.x));
    expect(await runSelfTest(subject, model)).toBe(false);
  });

  it('finds that observations are encoded differently together', async () => {
    const subject: Pick<LoadedDenoiser, 'advance' | 'encodeObservations'> = {
      advance: (macroStep) => denoiser.advance(macroStep),
      async encodeObservations(observations, conditions, count) {
        await denoiser.encodeObservations(observations, conditions, count);
        if (count > 1) conditions[3] *= 1 + 2 ** -20;
      },
    };
    expect(await runSelfTest(subject, model)).toBe(false);
  });

  it('judges int8 by a reference that rounds as well, and by its neighbours', async () => {
    const int8 = await backend.load(model, 'int8');
    const off: typeof int8 = Object.create(int8);
    off.advance = async (macroStep) => {
      await int8.advance(macroStep);
      macroStep.x.forEach((value, i) => (macroStep.x[i] = value * 1.1));
    };
    expect(await runSelfTest(int8, model, 'int8')).toBe(true);
    await expect(runSelfTest(off, model, 'int8')).rejects.toThrow('does not compute the model correctly');
    await int8.dispose();
  });

  it.each([
    ['are off', (x: Float32Array) => x.forEach((value, i) => (x[i] = value * 1.05))],
    ['are not numbers', (x: Float32Array) => x.fill(Number.NaN)],
    ['belong to the wrong element', (x: Float32Array) => x.reverse()],
  ])('refuses a device whose results %s', async (_, spoil) => {
    const error: unknown = await runSelfTest(
      disturbed(({ x }) => spoil(x)),
      model,
    ).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ModelLoadError);
    expect(error).toHaveProperty('message', expect.stringContaining('does not compute the model correctly'));
  });
});
