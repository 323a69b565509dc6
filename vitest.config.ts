import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { softwareDevice } from './libs/webgpu/testing/software-device.js';
import manifest from './package.json' with { type: 'json' };

// Every library by the pattern of package.json.
const source = manifest.imports['#*']['stride-source'].replace('*', '$1');
const alias = [{ find: /^#([a-z-]+)$/, replacement: fileURLToPath(new URL('.', import.meta.url)) + source }];

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{apps,libs,bench,examples,fuzz}/**/*.spec.ts'],
          globalSetup: 'test/build.ts',
          env: softwareDevice,
          maxWorkers: '100%', // of the cores; vitest leaves one idle
          sequence: { groupOrder: 0 },
          testTimeout: 180_000, // a guard against hanging, far above what a test takes on a busy machine
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/**/*.{spec,e2e-spec}.ts', '{apps,libs}/**/*.e2e-spec.ts'],
          exclude: ['test/faults/**', 'test/kernels/**', 'test/unmodified-clients/**'],
          globalSetup: 'test/build.ts',
          // Each file has its own Redis, ports and directories, and mostly waits: two of them fill two cores.
          maxWorkers: 2,
          isolate: false, // loading Nest anew for each file took a sixth of the time
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: { poll: { timeout: 20_000 } }, // what a page shows comes when the machine has time
        },
      },
      {
        extends: true,
        test: {
          name: 'clients',
          include: ['test/unmodified-clients/**/*.spec.ts'],
          globalSetup: 'test/build.ts',
          fileParallelism: false,
          sequence: { groupOrder: 3 },
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'kernels',
          // the laws of every backend on WebGPU in software, and all sizes of the CUDA kernels: minutes
          include: [
            'test/kernels/**/*.spec.ts',
            'libs/engine/src/{engine,edifice-golden}.spec.ts',
            'libs/engine/src/{inside-a-thread,requests}/{macro-step,thread-loop,row-bytes}.spec.ts',
          ],
          env: { ...softwareDevice, STRIDE_TEST_BACKENDS: 'webgpu' },
          globalSetup: 'test/build.ts',
          sequence: { groupOrder: 4 },
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['test/faults/**/*.spec.ts'],
          globalSetup: 'test/build.ts',
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
