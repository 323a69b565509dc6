import { torchModel } from '../torch/torch-model.js';
import { base64, TorchProcess } from '../torch/torch-process.js';
import { endRows, wholePlan, type GpuContender, type GpuWorkload } from './gpu-workload.js';
import { outputSize } from '#ddim';

type Arithmetic = 'float32' | 'bf16';

export interface TorchDevice {
  readonly version?: string;
  readonly device?: string;
  /** FLOP/s of a large product. */
  readonly peaks?: Readonly<Record<Arithmetic, number>>;
  /** Why there are no contenders. */
  readonly problem?: string;
  readonly contenders: readonly GpuContender[];
  readonly close: () => Promise<void>;
}

interface Start {
  readonly problem?: string;
  readonly version: string;
  readonly device: string;
  readonly peaks: Readonly<Record<Arithmetic, number>>;
  readonly contenders: readonly string[];
}

/** PyTorch, and JAX beside it, on the GPU that PyTorch sees. @param allowCpu whether the CPU will do */
export async function torchContenders(workload: GpuWorkload, allowCpu: boolean): Promise<TorchDevice> {
  const { config, parameters, plan, peakSize } = workload;
  const torch = TorchProcess.start('gpu/gpu_torch.py', process.env);
  const model = torchModel(config, parameters, plan);
  const start = await torch.ask<Start>({ allowCpu, peakSize, model });
  if (start.problem !== undefined) {
    await torch.close();
    return { problem: start.problem, contenders: [], close: () => Promise.resolve() };
  }
  const { version, device, peaks } = start;
  const contenders = start.contenders.map((name) =>
    contenderOf(torch, workload, { name, peak: name.endsWith('bf16') ? peaks.bf16 : peaks.float32 }),
  );
  return { version, device, peaks, contenders, close: () => torch.close() };
}

function contenderOf(
  torch: TorchProcess,
  workload: GpuWorkload,
  about: Pick<GpuContender, 'name' | 'peak'>,
): GpuContender {
  const { config } = workload;
  return {
    ...about,
    prepare: async (rows) => {
      const { x, conditions } = wholePlan(workload, rows);
      const answer = await torch.ask<{ actions: string } | { problem: string }>({
        prepare: about.name,
        rows,
        x: base64(endRows(x, outputSize(config))),
        conditions: base64(endRows(conditions, config.hiddenSize)),
      });
      if ('problem' in answer) return answer;
      const bytes = Uint8Array.from(Buffer.from(answer.actions, 'base64'));
      return { actions: new Float32Array(bytes.buffer) };
    },
    run: async (calls) => (await torch.ask<{ seconds: number[] }>({ run: about.name, calls })).seconds,
    release: async () => {
      await torch.ask({ release: about.name });
    },
  };
}
