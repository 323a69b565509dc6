import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Engine } from '#engine';
import { mixedRequests, tinyModel } from '../../../engine/testing/requests.js';
import { runAlone } from '../../../engine/testing/row-alone.js';
import { buildStubDriver, CUDA_STATUS, noStubReason, type StubDriver } from '../../testing/stub-driver.js';
import { cudaBackendModule } from '../backend-modules.js';
import { createBackend } from './backend.js';

const model = tinyModel('tiny@1');
const requests = mixedRequests(16, { mostSteps: 12 });

function start(events: string[], devices?: readonly string[]): Promise<Engine> {
  return Engine.start({
    backendModule: cudaBackendModule,
    backend: { providers: [] },
    ...(devices && { devices }),
    maxBatchRows: 8,
    modelMemoryBytes: 2 ** 30,
    loadModel: () => Promise.resolve(model),
    observer: { onThread: ({ event, reason }) => void events.push(reason ?? event) },
  });
}

describe.skipIf(noStubReason !== '')('an engine on the stub of the CUDA driver' + noStubReason, () => {
  let stub: StubDriver;
  const alone: Float32Array[] = [];
  beforeAll(async () => {
    stub = buildStubDriver();
    stub.reset();
    const backend = await createBackend({ providers: [] });
    const denoiser = await backend.load(model, 'float32');
    for (const request of requests) alone.push(await runAlone(denoiser, model, request));
    await backend.close();
  });
  beforeEach(() => stub.reset());
  afterAll(() => stub.remove());

  it.each([
    ['its only device', undefined],
    ['two devices, a thread each', ['cuda:0 Stub GPU 0', 'cuda:1 Stub GPU 1']],
  ])('gives every row the bytes it gets alone, and everything back, on %s', async (_, devices) => {
    stub.machine({ devices: 2 });
    const engine = await start([], devices);
    expect(engine.stats().threads).toHaveLength(devices?.length ?? 1);
    const results = await Promise.all(requests.map((request) => engine.submit(request)));
    expect(results.map(({ actions }) => actions)).toEqual(alone);
    await engine.close();
    expect(stub.held()).toBe(0);
  });

  it('goes on with the same bytes in another thread when the device is lost under it', async () => {
    const events: string[] = [];
    const engine = await start(events);
    await engine.submit(requests[0]);
    stub.fail(40, CUDA_STATUS.illegalAddress);
    const results = await Promise.all(requests.map((request) => engine.submit(request)));
    expect(results.map(({ actions }) => actions)).toEqual(alone);
    await vi.waitFor(() => expect(events).toContainEqual(expect.stringMatching(/CUDA_ERROR_ILLEGAL_ADDRESS/)), 5_000);
    await engine.close();
    expect(stub.held()).toBe(0);
  });
});
