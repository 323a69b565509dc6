import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { compiledModuleUrl } from './threads/compiled-module.js';
import { Engine } from './engine.js';
import { ownThreadId, threadCpuMs } from './protocol/thread-cpu.js';
import { fakeEngineOptions } from '../testing/engines.js';
import { realBackends } from '../testing/real-backends.js';
import { TINY_CONFIG, tinyModel, tinyRequest } from '../testing/requests.js';

describe('real threads', { timeout: 60_000 }, () => {
  it.each(realBackends)('end cleanly when the engine is closed in the middle of a run on $name', async (real) => {
    const program = compiledModuleUrl(new URL('../testing/close-while-running.ts', import.meta.url));
    const args = [program.pathname, real.backendModule, ...real.backend.providers];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, output }).toEqual({ code: 0, output: 'closed\n' });
  });

  it.skipIf(ownThreadId() === undefined)('compute, and leave the main thread free', async () => {
    const config = { ...TINY_CONFIG, actionDim: 64, actionHorizon: 8, hiddenSize: 128, numLayers: 3 };
    const [{ backendModule, backend }] = realBackends;
    const engine = await Engine.start({
      ...fakeEngineOptions({ backendModule, backend }),
      loadModel: (version) => Promise.resolve(tinyModel(version, config)),
    });
    await engine.submit(tinyRequest({ config }));
    const main = Number(ownThreadId());
    const before = { main: threadCpuMs(main), all: process.cpuUsage() };
    const requests = Array.from({ length: 20 }, (_, seed) =>
      tinyRequest({ config, seed, rows: 64, options: { numInferenceSteps: 50 } }),
    );
    await Promise.all(requests.map((request) => engine.submit(request)));
    const mainMs = threadCpuMs(main) - before.main;
    const { user, system } = process.cpuUsage(before.all);
    await engine.close();
    expect(mainMs).toBeLessThan((user + system) / 1e3 / 8);
  });

  it('give their memory and their handles back', async () => {
    const before = process
      .getActiveResourcesInfo()
      .filter((name) => name === 'MessagePort' || name === 'Worker').length;
    for (let i = 0; i < 3; i++) {
      const engine = await Engine.start(fakeEngineOptions());
      await engine.submit(tinyRequest());
      await engine.close();
    }
    const after = process.getActiveResourcesInfo().filter((name) => name === 'MessagePort' || name === 'Worker').length;
    expect(after).toBe(before);
  });
});
