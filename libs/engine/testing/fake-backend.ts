import { BackendError, DeviceLostError, ModelLoadError, OutOfMemoryError } from '#ddim';
import {
  isImported,
  type BackendOptions,
  type DenoiserBackend,
  type LoadedDenoiser,
  type MacroStep,
  type MlpModelSource,
  type ModelSource,
} from '../src/backend/backend.js';
import { FakeDenoiser, type FakeBehaviour } from './fake-denoiser.js';

/** Rows whose first number in x equals this are poison; requests make them so by their initial noise. */
export const POISON = 666;

/** Devices of the provider `devices`. */
export const FAKE_DEVICES: readonly string[] = ['fake:0', 'fake:1'];

/**
 * A backend module whose faults are chosen by the model's version, `name@fault`: see FAULTS. Anything else
 * works. As a provider, `broken` does not start, and `devices` has those of FAKE_DEVICES.
 */
export function createBackend({ providers, device = 'none' }: BackendOptions): Promise<DenoiserBackend> {
  if (providers.includes('broken')) return Promise.reject(new BackendError('the broken provider does not start'));
  const onDevices = providers.includes('devices');
  return Promise.resolve({
    info: {
      kind: 'fake',
      provider: 'fake',
      device,
      version: '1',
      rejected: [],
      ...(onDevices && { devices: FAKE_DEVICES }),
    },
    capabilities: {
      maxStepsPerCall: 50,
      cheapStepsPerCall: 1,
      maxBatchRows: 256,
      threadsPerDevice: onDevices ? 1 : 'cores',
      precisions: ['float32'],
    },
    load: (model: ModelSource) => load(model, device),
    close: () => Promise.resolve(),
  });
}

async function load(model: ModelSource, device: string): Promise<LoadedDenoiser> {
  if (isImported(model)) throw new ModelLoadError('the fake backend runs no files');
  const [, fault = ''] = model.version.split('@');
  if (fault === 'load-fails') throw new ModelLoadError(`${model.version} is not made to load`);
  if (fault === 'load-slowly') await sleep(300);
  return new FakeDenoiser(model, { batchScaled: fault === 'batch-scaled', around: FAULTS[fault]?.(model, device) });
}

/**
 * Each makes a hook for one loaded model, so that counters start anew with it; parameters are shared by all
 * threads.
 */
const FAULTS: Readonly<Record<string, (model: MlpModelSource, device: string) => FakeBehaviour['around']>> = {
  /** Every third call of a batch is rejected. */
  'third-call-rejects': () => {
    let calls = 0;
    return (macroStep, run) => {
      if (isReal(macroStep) && ++calls % 3 === 0) return Promise.reject(new BackendError('the third call'));
      run();
      return Promise.resolve();
    };
  },
  'always-rejects': () => (macroStep, run) => {
    if (isReal(macroStep)) return Promise.reject(new BackendError('every call'));
    run();
    return Promise.resolve();
  },
  'poison-rejects': () => (macroStep, run) => {
    if (hasPoison(macroStep)) return Promise.reject(new BackendError('a poisoned row'));
    run();
    return Promise.resolve();
  },
  /** More than four rows do not fit into memory. */
  'out-of-memory': () => (macroStep, run) => {
    if (isReal(macroStep) && macroStep.numRows > 4)
      return Promise.reject(new OutOfMemoryError('five rows are too many'));
    run();
    return Promise.resolve();
  },
  'poison-is-not-finite': () => (macroStep, run) => {
    const { numRows, x } = macroStep;
    const D = x.length / numRows;
    const poisoned = Array.from({ length: numRows }, (_, b) => b).filter((b) => x[b * D] === POISON);
    run();
    for (const b of poisoned) x[b * D + 1] = NaN;
    return Promise.resolve();
  },
  /** The thread ends while it holds a poisoned row. */
  'poison-kills': () => (macroStep, run) => {
    if (!hasPoison(macroStep)) {
      run();
      return Promise.resolve();
    }
    return die('a poisoned row');
  },
  /** The first thread that gets to its tenth call ends there. */
  'tenth-call-kills': ({ parameters }) => {
    const deaths = parameters.get('deaths');
    let calls = 0;
    return (macroStep, run) => {
      run();
      if (!deaths || !isReal(macroStep) || ++calls !== 10 || deaths[0] === 1) return Promise.resolve();
      deaths[0] += 1;
      return die('the tenth call');
    };
  },
  /** Each device is lost in its second call, once. */
  'second-call-loses-device': ({ parameters }, device) => {
    const losses = parameters.get('deaths');
    const place = FAKE_DEVICES.indexOf(device);
    let calls = 0;
    return (macroStep, run) => {
      if (losses && isReal(macroStep) && ++calls === 2 && losses[place] === 0) {
        losses[place] += 1;
        return Promise.reject(new DeviceLostError(`${device} is lost`));
      }
      run();
      return Promise.resolve();
    };
  },
  'takes-time': () => async (_, run) => {
    await sleep(5);
    run();
  },
};

/** Calibration runs on rows of zeros. */
function isReal({ x }: MacroStep): boolean {
  return x.some((value) => value !== 0);
}

function hasPoison({ numRows, x }: MacroStep): boolean {
  const D = x.length / numRows;
  for (let b = 0; b < numRows; b++) if (x[b * D] === POISON) return true;
  return false;
}

/** Ends the thread between two calls, as a fault in native code would. */
function die(reason: string): Promise<void> {
  return new Promise(() => {
    setImmediate(() => {
      throw new Error(reason);
    });
  });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
