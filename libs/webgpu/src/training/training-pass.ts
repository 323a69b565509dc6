import type { TrainBatch, TrainSetup } from '#training';
import { USAGE, type Dispatch, type GpuDevice } from '../runtime/device.js';
import { backwardTasks } from './backward-tasks.js';
import { packBatch } from './batch-upload.js';
import type { DeviceState } from './device-state.js';
import { forwardTasks } from './forward-tasks.js';
import { gradientTable, type GradientTable } from './gradient-table.js';
import { finishPass } from './kernels/batch-kernels.js';
import { RESULT_WORDS } from './kernels/batch-words.js';
import { TASK_BYTES, taskOf, type PassBuffer, type Task } from './kernels/kernel.js';
import { updateGrid, updateKernel } from './kernels/update-kernel.js';
import { OwnBuffers } from './own-buffers.js';
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
  readonly setup: TrainSetup;
  readonly state: DeviceState;
}

/**
 * Forward, backward and update for batches of B rows of one kind: one upload, one submission, four numbers
 * back. Its buffers and dispatches are made once.
 */
export class TrainingPass {
  /** Where a batch is written before it is uploaded: as long as one with a mask. */
  private readonly words: Float32Array;

  private constructor(
    private readonly ground: PassGround,
    private readonly places: PassPlaces,
    private readonly own: OwnBuffers,
    private readonly memory: GPUBuffer,
    private readonly dispatches: readonly Dispatch[],
  ) {
    this.words = new Float32Array(places.joined);
  }

  /** @throws OutOfMemoryError, BackendError, DeviceLostError */
  static async create(ground: PassGround, kind: PassKind, rows: number): Promise<TrainingPass> {
    const scope = new PassScope(ground.setup.config, ground.state.places, kind, rows);
    const table = gradientTable(scope);
    const tasks = tasksOf(scope, table);
    const own = new OwnBuffers(ground.device);
    try {
      const buffers = {
        memory: await own.storage('training memory', Float32Array.BYTES_PER_ELEMENT * scope.places.size),
        table: await own.filled('gradient table', table.words),
        tasks: await own.filled('training tasks', taskWords(tasks), USAGE.uniform),
      };
      const dispatches = await bind(ground, kind, tasks, buffers);
      return new TrainingPass(ground, scope.places, own, buffers.memory, dispatches);
    } catch (error) {
      own.destroy();
      throw error;
    }
  }

  /** @throws OutOfMemoryError, BackendError, DeviceLostError */
  async run(batch: TrainBatch): Promise<PassResult> {
    const { ground, memory } = this;
    const data = packBatch(ground.setup, this.places, batch, this.words);
    const result = new Float32Array(RESULT_WORDS);
    await ground.device.run({
      label: 'training',
      uploads: [{ buffer: memory, data }],
      dispatches: this.dispatches,
      download: { buffer: memory, data: result },
    });
    const [loss, gradNorm, , applied] = result;
    return { loss, gradNorm, finite: applied === 1 };
  }

  dispose(): void {
    this.own.destroy();
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

/** Each task at a place of its own, where a uniform may start. */
function taskWords(tasks: readonly Task[]): Uint32Array {
  const stride = TASK_BYTES / Uint32Array.BYTES_PER_ELEMENT;
  const words = new Uint32Array(tasks.length * stride);
  for (const [i, task] of tasks.entries()) words.set(task.words, i * stride);
  return words;
}

async function bind(
  { device, state }: PassGround,
  kind: PassKind,
  tasks: readonly Task[],
  { memory, table, tasks: words }: Readonly<Record<'memory' | 'table' | 'tasks', GPUBuffer>>,
): Promise<readonly Dispatch[]> {
  const weights = state.part(kind === 'loss' ? 'ema' : 'parameters');
  const resources: Record<PassBuffer, GPUBuffer | GPUBufferBinding> = { memory, table, weights, ...state.buffers };
  const dispatches: Dispatch[] = [];
  for (const [i, { kernel, grid }] of tasks.entries()) {
    const pipeline = await device.pipeline(kernel.name, kernel.code);
    const task = { buffer: words, offset: i * TASK_BYTES, size: TASK_BYTES };
    const bindGroup = device.bindGroup(pipeline, [...kernel.buffers.map((buffer) => resources[buffer]), task]);
    dispatches.push({ pipeline, bindGroup, workgroups: [grid[0], grid[1]] });
  }
  return dispatches;
}
