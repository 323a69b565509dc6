import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { CallClock, asFailure } from '#engine';
import { EngineError, type Numbers } from '#ddim';
import type { TrainBackendModule } from './train-backend.js';
import { STOP, type TrainingCommand, type TrainingReport, type TrainingThreadStart } from './training-protocol.js';
import { TrainingRun, type TrainingOutlet } from './training-run.js';

/** The program of a training thread: one run. */
async function main(port: MessagePort, start: TrainingThreadStart): Promise<void> {
  const { backendModule, backend: options, input, control } = start;
  const clock = new CallClock(start.clock);
  const report = (message: TrainingReport, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  try {
    const module: TrainBackendModule = await import(backendModule);
    const backend = await module.createTrainBackend(options);
    try {
      const outcome = await new TrainingRun(backend, input, outletOf(port, control, report), clock).toEnd();
      const arrays = outcome === 'stopped' ? [] : [...outcome.model.parameters.values()];
      report({ kind: 'ended', outcome, info: backend.info }, buffersOf(arrays));
    } finally {
      await backend.close();
    }
  } catch (error) {
    report({ kind: 'failed', failure: asFailure(error) });
  }
  port.close();
}

function outletOf(
  port: MessagePort,
  control: Int32Array,
  report: (message: TrainingReport, transfer?: ArrayBuffer[]) => void,
): TrainingOutlet {
  return {
    stopRequested: () => {
      const word = Atomics.load(control, 0);
      if (word === STOP.none) return undefined;
      return word === STOP.checkpoint ? 'checkpoint' : 'discard';
    },
    onMetrics: (point) => report({ kind: 'metrics', point }),
    onSamples: (drawn) => report({ kind: 'samples', drawn }, buffersOf([drawn.actions])),
    onCheckpoint: async (checkpoint) => {
      const answer = new Promise<TrainingCommand>((resolve) => port.once('message', resolve));
      report({ kind: 'checkpoint', checkpoint }, buffersOf(checkpoint.tensors.map(({ data }) => data)));
      // The main thread has the reason and ends the run with it; this error only stops the loop.
      if ((await answer).kind === 'notStored')
        throw new EngineError('checkpoint_not_stored', 'the checkpoint was not stored');
    },
  };
}

/** Memory to hand over; what lies in shared memory stays where it is. */
function buffersOf(arrays: readonly Numbers[]): ArrayBuffer[] {
  return arrays.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer ? [buffer] : []));
}

if (!parentPort) throw new TypeError('this module is the program of a worker thread');
await main(parentPort, workerData);
