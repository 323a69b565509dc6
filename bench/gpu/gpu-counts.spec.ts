import { describe, expect, it } from 'vitest';
import { compiledModuleUrl } from '#engine';
import { webgpuBackendModule } from '#webgpu';
import { noDeviceReason, runOnSoftwareDevice } from '../../libs/webgpu/testing/software-device.js';

const counts = compiledModuleUrl(new URL('./gpu-counts.ts', import.meta.url)).href;

describe('a call of our own kernels' + noDeviceReason, () => {
  it.skipIf(noDeviceReason !== '')(
    'is at most twelve dispatches per step, with one transfer each way, whichever path this device takes',
    { timeout: 120_000 },
    async () => {
      const calls = await runOnSoftwareDevice(`
        import { createBackend } from ${JSON.stringify(webgpuBackendModule)};
        import { countCalls } from ${JSON.stringify(counts)};
        const backend = await createBackend({ providers: ['webgpu'] });
        console.log(JSON.stringify(await countCalls(backend, { batchRows: [1, 1_024], mostRowSteps: 2_048 })));
        await backend.close();
      `);
      const atMost = (most: number) => expect.toSatisfy((count: number) => count >= 1 && count <= most);
      const transfers = { submissions: 1, uploads: atMost(1), downloads: atMost(1) };
      expect(calls).toEqual([
        expect.objectContaining({ numRows: 1, numSteps: 50, dispatches: atMost(12 * 50), ...transfers }),
        expect.objectContaining({ numRows: 1_024, numSteps: 2, dispatches: atMost(12 * 2), ...transfers }),
      ]);
    },
  );
});
