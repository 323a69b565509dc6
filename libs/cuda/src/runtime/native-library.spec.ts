import { describe, expect, it, vi } from 'vitest';
import { BackendError } from '#ddim';
import { createBackend } from '../sampling/backend.js';
import { telemetryAbsence } from '../telemetry/telemetry.js';

// As it is where npm left the optional package out.
vi.mock('koffi', () => {
  throw new Error("Cannot find package 'koffi'");
});

describe('without the package koffi', () => {
  it('there is no backend, and it says why', async () => {
    const error = await createBackend({ providers: [] }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BackendError);
    expect(error).toMatchObject({ message: expect.stringMatching(/^the package koffi cannot be loaded: .+/) });
  });

  it('there is no telemetry, and that is no error', async () => {
    expect(await telemetryAbsence()).toMatch(/^the package koffi cannot be loaded/);
  });
});
