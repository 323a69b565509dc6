import { Engine } from '../src/engine.js';
import type { EngineOptions } from '../src/options.js';
import { compiledModuleUrl } from '../src/threads/compiled-module.js';
import type { MlpModelSource } from '../src/backend/backend.js';
import { POISON } from './fake-backend.js';
import { FakeDenoiser } from './fake-denoiser.js';
import { numbers, TINY_CONFIG, tinyModel, tinyRequest, type RequestOverrides } from './requests.js';
import { runAlone } from './row-alone.js';
import { VirtualHost, type VirtualOptions } from './virtual-host.js';
import { outputSize } from '#ddim';
import type { EngineRequest } from '../src/requests/request.js';

export const fakeBackendModule = compiledModuleUrl(new URL('./fake-backend.ts', import.meta.url)).href;

/** An engine of real threads on the fake backend. */
export function fakeEngineOptions(overrides: Partial<EngineOptions> = {}): EngineOptions {
  return {
    backendModule: fakeBackendModule,
    backend: { providers: [] },
    threads: 2,
    maxBatchRows: 64,
    modelMemoryBytes: 2 ** 30,
    loadModel: (version) => Promise.resolve(fakeModel(version)),
    ...overrides,
  };
}

/** An engine of virtual threads; a macro-step takes 1 ms per step and 0.1 ms per step and row. */
export async function startVirtual(
  overrides: Partial<EngineOptions> = {},
  hostOptions: Partial<VirtualOptions> = {},
): Promise<{ engine: Engine; host: VirtualHost }> {
  const host = new VirtualHost({
    macroStepMs: ({ numRows, stepsPerCall }) => stepsPerCall * (1 + 0.1 * numRows),
    ...hostOptions,
  });
  return { host, engine: await host.until(Engine.start(fakeEngineOptions(overrides), host)) };
}

/** A tiny model with two numbers in shared memory that all threads count in. */
export function fakeModel(version: string): MlpModelSource {
  const model = tinyModel(version);
  return { ...model, parameters: new Map([...model.parameters, ['deaths', new Float32Array(2)]]) };
}

/** A request with a row that the fake backend takes for poison. */
export function poisonedRequest(overrides: RequestOverrides = {}): EngineRequest {
  const { rows = 1 } = overrides;
  const initialNoise = numbers(rows * outputSize(TINY_CONFIG), 9);
  initialNoise[0] = POISON;
  return tinyRequest({ id: 'poisoned', rows, initialNoise, ...overrides });
}

/** What the fake backend makes of a request whose rows run alone, without any fault. */
export function runFakeAlone(request: EngineRequest): Promise<Float32Array> {
  const model = tinyModel(request.model);
  return runAlone(new FakeDenoiser(model), model, request);
}
