import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DdimError, DeviceLostError } from '#ddim';
import { CallClock, CallTimer, newClockWords } from '#engine';
import { assembleMacroStep } from '../../../engine/src/self-test/self-test-rows.js';
import { config, mixedRows, parameters } from '../../../engine/testing/probe-rows.js';
import { buildStubDriver, CUDA_STATUS, noStubReason, type StubDriver } from '../../testing/stub-driver.js';
import { createBackend, type CudaBackend } from './backend.js';

/** Without the self-test, which makes thousands of the same few calls. */
const terms = { timer: new CallTimer(new CallClock(newClockWords()), 0), batchInvariant: true };

/** Everything that a backend does, once, as an engine thread does it. */
async function wholeLife(): Promise<void> {
  const backend = await createBackend({ providers: [] });
  try {
    await workOn(backend);
  } catch (error) {
    // a thread whose device is lost ends at once, without another call
    if (!(error instanceof DeviceLostError)) await backend.close();
    throw error;
  }
  await backend.close();
}

/** Both paths, memory that grows under a graph, a model that goes. */
async function workOn(backend: CudaBackend): Promise<void> {
  const denoiser = await backend.load({ version: 'spec@1', config, parameters }, 'float32', terms);
  for (const numRows of [2, 520, 3]) {
    const rows = Array.from({ length: numRows }, (_, i) => mixedRows[i % mixedRows.length]);
    const states = rows.map((row) => ({ row, x: row.x, done: 0 }));
    await denoiser.advance(assembleMacroStep(states, 1, false));
  }
  await denoiser.dispose();
}

describe.skipIf(noStubReason !== '')('a call of the driver that fails' + noStubReason, () => {
  let stub: StubDriver;
  let calls: string[];
  beforeAll(async () => {
    stub = buildStubDriver();
    stub.reset();
    stub.idle();
    await wholeLife();
    calls = stub.calls();
    expect(stub.held()).toBe(0);
  });
  beforeEach(() => stub.reset());
  afterAll(() => stub.remove());

  async function lifeWithFault(nth: number, status: number): Promise<unknown> {
    stub.reset();
    stub.idle();
    stub.fail(nth, status);
    return wholeLife().then(
      () => 'no error',
      (error: unknown) => error,
    );
  }

  it.each([
    [CUDA_STATUS.invalidValue, 'CUDA_ERROR_INVALID_VALUE'],
    [CUDA_STATUS.illegalAddress, 'CUDA_ERROR_ILLEGAL_ADDRESS'],
  ])(
    'with %i, whichever it is, is an error that names it and what failed, and nothing stays behind',
    async (status, name) => {
      expect(calls.length).toBeGreaterThan(100);
      for (const [i, call] of calls.entries()) {
        const error = await lifeWithFault(i + 1, status);
        expect(error, call).toBeInstanceOf(DdimError);
        expect(error, call).toMatchObject({ message: expect.stringContaining(`${call} failed with ${name} (`) });
        expect(stub.held(), `after ${call}, the ${i + 1}th call`).toBe(0);
      }
      await wholeLife();
    },
  );
});
