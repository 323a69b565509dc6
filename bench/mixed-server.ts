import { extname } from 'node:path';
import { Worker as NodeWorker } from 'node:worker_threads';
import { compiledModuleUrl, outputSize } from '#ddim';
import { onnxBackendModule } from '#ddim/onnx';
import { BENCH_CONFIG } from './engine-workload.js';
import type { PeerBatch, PeerThreadStart } from './mixed-peer.worker.js';
import type { PeerJob, PeerRow, Policy, RowBatch } from './mixed-policies.js';

const SLOTS = 16_384;

/** The engine's backend under another policy, with the same work: a thread draws the noise of a new row and encodes its observation. */
export class BatchingServer {
  private readonly x = sharedFloats(SLOTS * outputSize(BENCH_CONFIG));
  private readonly conditions = sharedFloats(SLOTS * BENCH_CONFIG.hiddenSize);
  private readonly freeSlots = Array.from({ length: SLOTS }, (_, slot) => slot);
  private readonly threads: NodeWorker[] = [];
  private readonly idle = new Set<NodeWorker>();
  private readonly running = new Map<NodeWorker, RowBatch>();
  private readonly open = new Map<PeerJob, { rowsLeft: number; resolve: () => void }>();
  private numJobs = 0;

  private constructor(private readonly policy: Policy) {}

  static async start(policy: Policy, threads: number): Promise<BatchingServer> {
    const server = new BatchingServer(policy);
    const program = compiledModuleUrl(new URL(`./mixed-peer.worker${extname(import.meta.url)}`, import.meta.url));
    const workerData: PeerThreadStart = {
      backendModule: onnxBackendModule,
      x: server.x,
      conditions: server.conditions,
    };
    const ready = Array.from({ length: threads }, () => server.addThread(new NodeWorker(program, { workerData })));
    await Promise.all(ready);
    return server;
  }

  /** Resolves when every row has taken its steps. @param steps a multiple of 5, and of 50 above 50 */
  submit(numRows: number, steps: number): Promise<void> {
    return new Promise((resolve) => {
      const rows: PeerRow[] = [];
      const job: PeerJob = { sequence: this.numJobs++, steps, rows }; // its sequence is also its seed
      for (let i = 0; i < numRows; i++) rows.push({ job, slot: this.takeSlot(), step: 0 });
      this.open.set(job, { rowsLeft: numRows, resolve });
      this.policy.add(job);
      this.dispatch();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }

  private addThread(thread: NodeWorker): Promise<void> {
    this.threads.push(thread);
    return new Promise((resolve, reject) => {
      thread.once('error', reject);
      thread.on('message', () => {
        resolve();
        this.idle.add(thread);
        this.collect(thread);
        this.dispatch();
      });
    });
  }

  private dispatch(): void {
    for (const thread of this.idle) {
      const batch = this.policy.next(this.idle.size);
      if (batch === undefined) return;
      this.idle.delete(thread);
      this.running.set(thread, batch);
      const message: PeerBatch = {
        slots: batch.rows.map(({ slot }) => slot),
        seeds: batch.rows.map(({ job }) => job.sequence),
        numSteps: batch.rows.map(({ job }) => job.steps),
        step: batch.rows.map(({ step }) => step),
        stepsPerCall: batch.stepsPerCall,
        numCalls: batch.numCalls,
      };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's postMessage, not a window's
      thread.postMessage(message);
    }
  }

  private collect(thread: NodeWorker): void {
    const batch = this.running.get(thread);
    if (batch === undefined) return;
    this.running.delete(thread);
    for (const row of batch.rows) row.step += batch.stepsPerCall * batch.numCalls;
    const unfinished = batch.rows.filter((row) => row.step < row.job.steps);
    if (unfinished.length > 0) this.policy.giveBack(unfinished);
    for (const row of batch.rows) if (row.step >= row.job.steps) this.finish(row);
  }

  private finish({ job, slot }: PeerRow): void {
    this.freeSlots.push(slot);
    const waiting = this.open.get(job);
    if (waiting === undefined || --waiting.rowsLeft > 0) return;
    this.open.delete(job);
    waiting.resolve();
  }

  private takeSlot(): number {
    const slot = this.freeSlots.pop();
    if (slot === undefined) throw new RangeError(`more than ${SLOTS} rows are waiting: the load is above the capacity`);
    return slot;
  }
}

function sharedFloats(length: number): Float32Array {
  return new Float32Array(new SharedArrayBuffer(4 * length));
}
