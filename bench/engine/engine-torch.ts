import { outputSize } from '#ddim';
import type { BackendModule } from '#engine';
import { onnxBackendModule } from '#onnx';
import type { Contender, Done } from '../contender.js';
import { BENCH_CONFIG, benchMacroStep, benchParameters, benchPlan } from './engine-workload.js';
import { torchModel } from '../torch/torch-model.js';
import { base64, TORCH_KERNELS, TorchProcess } from '../torch/torch-process.js';

/** float32 on both sides, over 50 steps. */
const LARGEST_DIFFERENCE = 1e-3;

export interface TorchPeers {
  readonly version: string;
  /** The largest difference of one row's actions from ours. */
  readonly difference: number;
  readonly contenders: readonly Contender[];
}

/**
 * Eager PyTorch with each choice of kernels and each batch size. @throws Error when it computes something
 * else than we do
 */
export async function torchPeers(batchSizes: readonly number[]): Promise<TorchPeers> {
  const contenders: Contender[] = [];
  let [version, difference] = ['', 0];
  for (const { name, env } of TORCH_KERNELS) {
    const torch = TorchProcess.start('torch/engine_torch.py', env);
    ({ version } = await torch.ask<{ version: string }>(torchModel(BENCH_CONFIG, benchParameters(), benchPlan())));
    difference = Math.max(difference, await differenceFromOurs(torch));
    for (const [i, rows] of batchSizes.entries())
      contenders.push({
        name: `${name}, B = ${rows}`,
        run: (seconds) => torch.ask<Done>({ rows, seconds }),
        close: () => (i === 0 ? torch.close() : Promise.resolve()),
      });
  }
  return { version, difference, contenders };
}

async function differenceFromOurs(torch: TorchProcess): Promise<number> {
  const step = benchMacroStep(1, benchPlan().timesteps.length);
  const question = { x: base64(step.x), conditions: base64(step.conditions) };
  const { actions } = await torch.ask<{ actions: string }>(question);
  const theirs = Buffer.from(actions, 'base64');
  const onnx: BackendModule = await import(onnxBackendModule);
  const backend = await onnx.createBackend({ providers: ['cpu'] });
  const source = { version: 'bench', config: BENCH_CONFIG, parameters: benchParameters() };
  await (await backend.load(source, 'float32')).advance(step);
  await backend.close();
  const differences = Array.from({ length: outputSize(BENCH_CONFIG) }, (_, i) =>
    Math.abs(step.x[i] - theirs.readFloatLE(4 * i)),
  );
  const difference = Math.max(...differences);
  if (!(difference < LARGEST_DIFFERENCE))
    throw new Error(`PyTorch's actions differ from ours by ${difference}, expected less than ${LARGEST_DIFFERENCE}`);
  return difference;
}
