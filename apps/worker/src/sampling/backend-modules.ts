import { onnxBackendModule, onnxTrainBackendModule } from '#onnx';
import { tfjsBackendModule, tfjsTrainBackendModule } from '#tfjs';
import type { WorkerConfig } from '../process/worker.config.js';

/** What the threads of each backend import. */
export const backendModules: Readonly<Record<WorkerConfig['STRIDE_BACKEND'], { sampling: string; training: string }>> =
  {
    onnx: { sampling: onnxBackendModule, training: onnxTrainBackendModule },
    tfjs: { sampling: tfjsBackendModule, training: tfjsTrainBackendModule },
  };
