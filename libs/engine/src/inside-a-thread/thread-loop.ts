/**
 * What an engine thread does with each command. Knows nothing of the main thread, its requests and its
 * policy.
 */

import { assertNever, DeviceLostError, InputError } from '#ddim';
import type { DenoiserBackend } from '../backend/backend.js';
import { BatchMemory } from '../memory/batch-memory.js';
import type { BatchRow } from './batch.js';
import { calibrate } from './calibration.js';
import type { CallClock } from '../protocol/call-clock.js';
import { asFailure, type Failure } from '../protocol/failure.js';
import { KnownRequests } from './known-requests.js';
import { SlabMemory, slabKey, type SlabShape } from '../memory/row-slab.js';
import { Run } from './run.js';
import { ThreadModel } from './thread-model.js';
import {
  controlOf,
  FRESH,
  ROW_COLUMNS,
  type LoadCommand,
  type RunCommand,
  type ThreadCommand,
  type ThreadReport,
} from '../protocol/thread-protocol.js';

/** What a thread loop gets from whoever runs it. */
interface ThreadLoopContext {
  readonly backend: DenoiserBackend;
  /** [MOST_RUNS * CONTROL_WORDS], shared with the handle. */
  readonly control: Int32Array;
  /** Called with every call on the backend. */
  readonly clock: CallClock;
  /** ms of a monotonic clock. */
  readonly now: () => number;
  readonly report: (report: ThreadReport) => void;
}

/** What an engine thread does, command by command; commands must not overlap. */
export class ThreadLoop {
  private readonly memory = new BatchMemory();
  private readonly models = new Map<string, ThreadModel>();
  private readonly slabs = new Map<string, SlabMemory>();
  private readonly requests = new KnownRequests();

  constructor(private readonly context: ThreadLoopContext) {}

  async execute(command: ThreadCommand): Promise<void> {
    switch (command.kind) {
      case 'load':
        return await this.load(command);
      case 'unload':
        return await this.unload(command.model);
      case 'run':
        return await this.run(command);
      case 'forget':
        return this.requests.forget(command.forgotten);
      case 'stop':
        return await this.context.backend.close();
      default:
        return assertNever(command);
    }
  }

  private async load(command: LoadCommand): Promise<void> {
    const { backend, now, report } = this.context;
    const { model: key, source, precision } = command;
    const started = now();
    try {
      const model = await ThreadModel.load(this.context, command);
      const { batchInvariant } = model;
      const costs = command.verdict?.costs ?? (await calibrate(model, backend.capabilities.cheapStepsPerCall, now));
      this.models.set(key, model);
      report({
        kind: 'loaded',
        model: key,
        version: source.version,
        precision,
        seconds: (now() - started) / 1e3,
        verdict: { batchInvariant, costs },
      });
    } catch (error) {
      if (error instanceof DeviceLostError) throw error;
      report({ kind: 'loadFailed', version: source.version, failure: asLoadFailure(error) });
    }
  }

  private async unload(key: string): Promise<void> {
    await this.models.get(key)?.dispose();
    this.models.delete(key);
  }

  private async run(command: RunCommand): Promise<void> {
    this.requests.learn(command.news);
    const model = this.models.get(command.model);
    if (!model) throw new TypeError(`${command.model} was never loaded by this thread`);
    const { control, now, report } = this.context;
    const run = new Run(
      {
        model,
        slab: this.slab(command),
        memory: this.memory,
        control: controlOf(control, command.place),
        now,
      },
      this.readRows(command.rows),
      command,
    );
    report(await run.toEnd());
  }

  private slab({ slab: shape, newChunks }: { slab: SlabShape; newChunks: readonly SharedArrayBuffer[] }): SlabMemory {
    const key = slabKey(shape);
    const slab = this.slabs.get(key) ?? new SlabMemory(shape);
    this.slabs.set(key, slab);
    for (const chunk of newChunks) slab.addChunk(chunk);
    return slab;
  }

  private readRows(table: Int32Array): BatchRow[] {
    return Array.from({ length: table.length / ROW_COLUMNS }, (_, index) => {
      const [slot, number, row, step, half] = table.subarray(index * ROW_COLUMNS, (index + 1) * ROW_COLUMNS);
      const request = this.requests.get(number);
      return { index, request, row, slot, step, half: half === 1 ? 1 : 0, fresh: half === FRESH };
    });
  }
}

/** Whatever goes wrong while a model is loaded, its own faults and the backend's alike, is a failed load. */
function asLoadFailure(error: unknown): Failure {
  return error instanceof InputError
    ? asFailure(error)
    : { code: 'model_load_failed', message: asFailure(error).message };
}
