import { beforeAll, describe, expect, it } from 'vitest';
import { presets, type NamedTensor, type TrainingConfig } from '#ddim';
import { compiledModuleUrl } from '#engine';
import { onnxTrainBackendModule } from '#onnx';
import { train, type TrainingCheckpoint, type TrainingMetricsPoint } from '#training';
import { relativeDistance } from '../../../training/testing/relative-distance.js';
import { straightLines } from '../../../training/testing/straight-lines.js';
import { noDeviceReason } from '../../testing/software-device.js';
import { webgpuTrainBackendModule } from '../backend-modules.js';

const preset = presets['diffusion-policy'];
const config: TrainingConfig = {
  obsSize: 3,
  actionHorizon: 4,
  actionDim: 2,
  network: { hiddenSize: 16, numLayers: 2, preconditioning: 'none' },
  diffusion: preset.diffusion,
  training: {
    ...preset.training,
    steps: 20,
    batchSize: 16,
    learningRate: 1e-2,
    weightDecay: 0.1, // enough to be seen after so few updates
    warmupSteps: 2,
    conditionDropout: 0.1,
    checkpointEverySteps: 10,
    logEverySteps: 5,
    validationFraction: 0.1,
    seed: 5,
  },
};

const onWebGpu = { backendModule: webgpuTrainBackendModule, backend: { providers: ['webgpu'] } };
const onCpu = { backendModule: onnxTrainBackendModule, backend: { providers: ['cpu'] } };

const losing = compiledModuleUrl(new URL('../../testing/losing-train-backend.ts', import.meta.url)).href;

/** A run to its end, from a checkpoint or from the start. @param checkpoints gets those that are kept */
async function run(where: typeof onWebGpu, resumeFrom?: TrainingCheckpoint, checkpoints: TrainingCheckpoint[] = []) {
  const points: TrainingMetricsPoint[] = [];
  const result = await train({
    ...where,
    config,
    dataset: straightLines(100),
    resumeFrom,
    onMetrics: (point) => points.push(point),
    onCheckpoint: async (checkpoint) => void checkpoints.push(checkpoint),
  });
  return { points, checkpoints, result };
}

const bytesOf = (tensors: readonly NamedTensor[] = []) =>
  tensors.map(({ name, data }) => `${name} ${Buffer.from(data.buffer).toString('hex')}`);

describe.skipIf(noDeviceReason !== '')('a training on WebGPU' + noDeviceReason, () => {
  let undisturbed: Awaited<ReturnType<typeof run>>;
  beforeAll(async () => {
    undisturbed = await run(onWebGpu);
  });

  it('learns, validates, and says what it ran on', () => {
    const { points, checkpoints, result } = undisturbed;
    expect(result).toMatchObject({ updates: 20, info: { kind: 'webgpu' } });
    expect(result.finalLoss).toBeLessThan(0.8 * points[0].loss);
    expect(result.validationLoss).toBeGreaterThan(0);
    expect(checkpoints.map(({ update }) => update)).toEqual([10, 20]);
  });

  it('whose device is lost fails like any backend, and goes on from its checkpoint with the same bytes', async () => {
    const kept: TrainingCheckpoint[] = [];
    const lost = run({ ...onWebGpu, backendModule: losing }, undefined, kept);
    await expect(lost).rejects.toMatchObject({ code: 'backend_error', message: expect.stringContaining('was lost') });
    expect(kept.map(({ update }) => update)).toEqual([10]);
    const resumed = await run(onWebGpu, kept[0]);
    expect(bytesOf(resumed.checkpoints.at(-1)?.tensors)).toEqual(bytesOf(undisturbed.checkpoints.at(-1)?.tensors));
    expect(resumed.result.model).toEqual(undisturbed.result.model);
  });

  it('goes on from where the CPU stopped, and the CPU from where it stopped, to nearly the same weights', async () => {
    const cpu = await run(onCpu);
    const moved = [await run(onWebGpu, cpu.checkpoints[0]), await run(onCpu, undisturbed.checkpoints[0])];
    for (const { result } of [undisturbed, ...moved]) {
      expect(result.finalLoss / cpu.result.finalLoss).toBeCloseTo(1, 3);
      expect(Number(result.validationLoss) / Number(cpu.result.validationLoss)).toBeCloseTo(1, 3);
      for (const [name, values] of cpu.result.model.parameters)
        expect(relativeDistance(result.model.parameters.get(name) ?? new Float32Array(), values), name).toBeLessThan(
          1e-3,
        );
    }
  });
});
