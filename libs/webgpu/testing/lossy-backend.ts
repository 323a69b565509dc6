import type { BackendOptions, DenoiserBackend, LoadedDenoiser, MacroStep, ModelSource } from '#engine';
import { isImported } from '#engine';
import { GpuDevice } from '../src/runtime/device.js';
import { createBackend as createOwn } from '../src/sampling/backend.js';

/** Rows of a real batch, for the test's requests; smaller ones load and measure a model. */
export const ROWS_THAT_LOSE = 5;

/**
 * Kernels of our own on a device that is destroyed in the middle of the second call of so many rows. The
 * model remembers it, in a parameter `losses` on shared memory.
 */
export async function createBackend(options: BackendOptions): Promise<DenoiserBackend> {
  const backend = await createOwn(options);
  const device: unknown = Reflect.get(backend, 'device');
  if (!(device instanceof GpuDevice)) throw new TypeError('the backend has no device');
  const { info, capabilities } = backend;
  return {
    info,
    capabilities,
    load: async (model, precision, terms) => lossy(await backend.load(model, precision, terms), model, device),
    close: () => backend.close(),
  };
}

function lossy(denoiser: LoadedDenoiser, model: ModelSource, device: GpuDevice): LoadedDenoiser {
  let calls = 0;
  const losses = isImported(model) ? undefined : model.parameters.get('losses');
  return {
    batchInvariant: denoiser.batchInvariant,
    drawsNoise: denoiser.drawsNoise,
    encodeObservations: (...given) => denoiser.encodeObservations(...given),
    dispose: () => denoiser.dispose(),
    advance: async (macroStep: MacroStep) => {
      const done = denoiser.advance(macroStep);
      if (losses?.[0] === 0 && macroStep.numRows === ROWS_THAT_LOSE && ++calls === 2) {
        losses[0] = 1;
        await Promise.all([done, device.close()]);
      }
      await done;
    },
  };
}
