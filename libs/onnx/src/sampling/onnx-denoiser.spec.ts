import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DenoiserBackend, LoadedDenoiser } from '#engine';
import { assembleMacroStep } from '../../../engine/src/self-test/self-test-rows.js';
import { config, mixedRows, parameters } from '../../../engine/testing/probe-rows.js';
import { createBackend } from './backend.js';

let backend: DenoiserBackend;
let denoiser: LoadedDenoiser;
beforeAll(async () => {
  backend = await createBackend({ providers: ['cpu'] });
  denoiser = await backend.load({ version: 'spec@1', config, parameters }, 'float32');
});
afterAll(() => backend.close());

describe('memory of the caller', () => {
  it('must have the shape that the macro-step says', async () => {
    const macroStep = assembleMacroStep([{ row: mixedRows[0], x: mixedRows[0].x, done: 0 }], 2, false);
    await expect(denoiser.advance({ ...macroStep, stepsPerCall: 3 })).rejects.toThrow(
      'timesteps must be [3,1] = 3 numbers, got 2',
    );
  });
});
