import type { MlpDenoiserConfig } from '#ddim';
import { USAGE, type Dispatch, type GpuDevice } from '../runtime/device.js';
import { backwardTasks } from './backward-tasks.js';
import type { CompiledKernels } from './compiled-kernels.js';
import type { DeviceState } from './device-state.js';
import { forwardTasks } from './forward-tasks.js';
import { gradientTable, type GradientTable } from './gradient-table.js';
import { finishPass } from './kernels/batch-kernels.js';
import { RESULT_WORDS } from './kernels/batch-words.js';
import { TASK_BYTES, taskOf, type PassBuffer, type Task } from './kernels/kernel.js';
import { updateGrid, updateKernel } from './kernels/update-kernel.js';
import type { PassKind, PassPlaces } from './pass-memory.js';
import { PassScope } from './pass-scope.js';

/** What a pass leaves: the loss, the global norm of the gradients, and whether both are finite. */
interface PassResult {
  readonly loss: number;
  readonly gradNorm: number;
  readonly finite: boolean;
}

/** What the passes of a run have in common. */
interface PassGround {
  readonly device: GpuDevice;
  readonly kernels: CompiledKernels;
  readonly config: MlpDenoiserConfig;
  readonly state: DeviceState;
}

/**
 * Forward, backward and update for batches of B rows of one kind: one upload, one submission, four numbers
 * back. Its buffers and dispatches are made once.
 */
export class TrainingPass {
  private constructor(
    private readonly device: GpuDevice,
    readonly places: PassPlaces,
    private readonly buffers: PassBuffers,
    private readonly dispatches: readonly Dispatch[],
  ) {}

  /** @throws OutOfMemoryError, BackendError, DeviceLostError */
  static async create(ground: PassGround, kind: PassKind, rows: number): Promise<TrainingPass> {
    const scope = new PassScope(ground.config, ground.state.places, kind, rows);
    const table = gradientTable(scope);
    const tasks = tasksOf(scope, table);
    const buffers = await makeBuffers(ground.device, scope.places, tasks, table);
    try {
      const dispatches = await bind(ground, kind, tasks, buffers);
      return new TrainingPass(ground.device, scope.places, buffers, dispatches);
    } catch (error) {
      destroy(buffers);
      throw error;
    }
  }

  /** @param words of packBatch. @throws OutOfMemoryError, BackendError, DeviceLostError */
  async run(words: Float32Array): Promise<PassResult> {
    const { memory } = this.buffers;
    const result = new Float32Array(RESULT_WORDS);
    await this.device.run({
      label: 'training',
      uploads: [{ buffer: memory, data: words }],
      dispatches: this.dispatches,
      download: { buffer: memory, data: result },
    });
    const [loss, gradNorm, , applied] = result;
    return { loss, gradNorm, finite: applied === 1 };
  }

  dispose(): void {
    destroy(this.buffers);
  }
}

function tasksOf(scope: PassScope, table: GradientTable): readonly Task[] {
  const forward = forwardTasks(scope);
  const { lossParts, numLossParts, normParts, numNormParts } = scope.places;
  const parts = { lossParts, numLossParts, normParts };
  if (scope.kind === 'loss') return [...forward, taskOf(finishPass, { ...parts, numNormParts: 0 }, [1, 1])];
  const finish = taskOf(finishPass, { ...parts, numNormParts }, [1, 1]);
  const { size, numDecayed, partSize } = scope.parameters;
  const update = taskOf(updateKernel, { size, numDecayed, partSize }, updateGrid(size));
  return [...forward, ...backwardTasks(scope, table), finish, update];
}

type PassBuffers = Readonly<Record<'memory' | 'table' | 'tasks', GPUBuffer>>;

async function makeBuffers(
  device: GpuDevice,
  places: PassPlaces,
  tasks: readonly Task[],
  table: GradientTable,
): Promise<PassBuffers> {
  const words = new Uint32Array((tasks.length * TASK_BYTES) / Uint32Array.BYTES_PER_ELEMENT);
  for (const [i, task] of tasks.entries()) words.set(task.words, (i * TASK_BYTES) / Uint32Array.BYTES_PER_ELEMENT);
  const memory = await device.storage('training memory', Float32Array.BYTES_PER_ELEMENT * places.size);
  return {
    memory,
    table: await device.filled('gradient table', table.words),
    tasks: await device.filled('training tasks', words, USAGE.uniform),
  };
}

async function bind(
  { kernels, device, state }: PassGround,
  kind: PassKind,
  tasks: readonly Task[],
  { memory, table, tasks: words }: PassBuffers,
): Promise<readonly Dispatch[]> {
  const weights = state.part(kind === 'loss' ? 'ema' : 'parameters');
  const resources: Record<PassBuffer, GPUBuffer | GPUBufferBinding> = { memory, table, weights, ...state.buffers };
  const dispatches: Dispatch[] = [];
  for (const [i, { kernel, grid }] of tasks.entries()) {
    const pipeline = await kernels.of(kernel);
    const task = { buffer: words, offset: i * TASK_BYTES, size: TASK_BYTES };
    const bindGroup = device.bindGroup(pipeline, [...kernel.buffers.map((buffer) => resources[buffer]), task]);
    dispatches.push({ pipeline, bindGroup, workgroups: [grid[0], grid[1]] });
  }
  return dispatches;
}

function destroy(buffers: PassBuffers): void {
  for (const buffer of Object.values(buffers)) buffer.destroy();
}
