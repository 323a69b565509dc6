import { describe, expect, it } from 'vitest';
import { initialParameters, type MlpDenoiserConfig } from '#ddim';
import { noDeviceReason, runOnSoftwareDevice } from '../../../webgpu/testing/software-device.js';
import { onnxBackendModule } from '../backend-modules.js';

const config: MlpDenoiserConfig = {
  obsSize: 6,
  actionDim: 2,
  actionHorizon: 8,
  hiddenSize: 32,
  numLayers: 2,
  numTrainTimesteps: 100,
  predictionType: 'sample',
  preconditioning: 'none',
};

const parameters = JSON.stringify(
  [...initialParameters(config, 4)].map(([name, data]) => [name, Buffer.from(data.buffer).toString('base64')]),
);

describe('the WebGPU provider' + noDeviceReason, () => {
  it.skipIf(noDeviceReason !== '')(
    'runs both macro-step graphs like the CPU, each row independent of the others',
    { timeout: 120_000 },
    async () => {
      const result = await runOnSoftwareDevice(`
      import { createBackend } from ${JSON.stringify(onnxBackendModule)};
      import { assembleMacroStep } from ${JSON.stringify(new URL('../../../engine/src/self-test/self-test-rows.js', onnxBackendModule))};
      const config = ${JSON.stringify(config)}, D = 16, H = 32;
      const parameters = new Map(${parameters}.map(([name, base64]) => {
        const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
        return [name, new Float32Array(bytes.buffer)];
      }));
      const wave = (size, phase) => Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7 + phase));
      const rows = Array.from({ length: 12 }, (_, i) => ({
        x: wave(D, i), condition: wave(H, i + 50),
        steps: [70, 20].map((timestep, k) => ({ timestep, coefficients: [0.9, -0.3, 0.8, 0.3, 0.1, i % 2 ? 0.2 : 0, -1, 1], levels: [0.8, 0.6],
          ...(i % 2 ? { z: wave(D, i + k + 100) } : {}) })),
        ...(i % 3 === 0 ? { guidance: { nullCondition: wave(H, i + 150), scale: 2 } } : {}),
      }));
      const chunked = rows.map((row, i) => i % 4 === 1 ? { ...row, chunk: { weights: wave(D, i + 200), y: wave(D, i + 250) },
        steps: row.steps.map((step) => ({ ...step, pull: 0.5 })) } : row);
      const outputs = {};
      for (const provider of ['webgpu', 'cpu']) {
        const backend = await createBackend({ providers: [provider] });
        const denoiser = await backend.load({ version: 'gpu@1', config, parameters }, 'float32');
        const int8 = await backend.load({ version: 'gpu@1', config, parameters }, 'int8').then(() => 'loaded', (error) => error.message);
        outputs[provider] = { info: backend.info, maxBatchRows: backend.capabilities.maxBatchRows, batchInvariant: denoiser.batchInvariant, int8, unlike: false, results: [] };
        for (const [extended, some] of [[false, rows], [true, rows], [true, chunked]]) {
          const x0 = new Float32Array(12 * D);
          const assemble = () => assembleMacroStep(some.map((row) => ({ row, x: row.x, done: 0 })), 2, extended);
          const [previewed, plain] = [{ ...assemble(), x0 }, assemble()];
          await denoiser.advance(previewed);
          await denoiser.advance(plain);
          outputs[provider].results.push(...previewed.x, ...x0);
          outputs[provider].unlike ||= plain.x.some((value, i) => !Object.is(value, previewed.x[i]));
        }
        await backend.close();
      }
      const difference = Math.max(...outputs.cpu.results.map((value, i) => Math.abs(value - outputs.webgpu.results[i])));
      const { info, maxBatchRows, batchInvariant, int8, unlike } = outputs.webgpu;
      console.log(JSON.stringify({ provider: info.provider, maxBatchRows, batchInvariant, int8, unlike, difference, numbers: outputs.webgpu.results.length }));
    `);
      expect(result).toMatchObject({
        provider: 'webgpu',
        maxBatchRows: 4_096,
        batchInvariant: true,
        unlike: false,
        int8: 'precision must be float32 on provider webgpu, got int8',
        numbers: 12 * 16 * 6,
      });
      expect(result).toHaveProperty(
        'difference',
        expect.toSatisfy((difference: number) => difference < 1e-5),
      );
    },
  );

  it.skipIf(noDeviceReason !== '')(
    'is not taken on a software device unless it is asked for alone',
    { timeout: 60_000 },
    async () => {
      const info = await runOnSoftwareDevice(`
      import { createBackend } from ${JSON.stringify(onnxBackendModule)};
      const backend = await createBackend({ providers: ['webgpu', 'cpu'] });
      console.log(JSON.stringify(backend.info));
      await backend.close();
    `);
      expect(info).toMatchObject({
        provider: 'cpu',
        rejected: [{ provider: 'webgpu', reason: expect.stringContaining('software') }],
      });
    },
  );
});
