/** What the driver says of the GPUs of this machine, as time goes by. Knows nothing of metrics. */

import { extname } from 'node:path';
import { Worker as NodeWorker } from 'node:worker_threads';
import { BackendError } from '#ddim';
import { compiledModuleUrl, type DeviceReading } from '#engine';
import { NativeLibrary } from '../runtime/native-library.js';
import { NVML_LIBRARY } from './nvml.js';

const EVERY_MS = 5_000;

/** What the thread gets as workerData. */
export interface TelemetryStart {
  readonly file: string;
  readonly everyMs: number;
}

interface TelemetryEvents {
  readonly read: (devices: readonly DeviceReading[]) => void;
  /** Nothing more will be read: there is no driver, or it fails. */
  readonly ended: (reason: string) => void;
}

/** Why there is nothing to look at, if so: the package koffi or the library is not there. */
export async function telemetryAbsence(file: string = NVML_LIBRARY): Promise<string | undefined> {
  try {
    await NativeLibrary.open(file);
    return undefined;
  } catch (error) {
    if (error instanceof BackendError) return error.message;
    throw error;
  }
}

/** A thread of its own that looks at the GPUs; it keeps no process alive. */
export class Telemetry {
  private readonly thread: NodeWorker;
  private isStopping = false;

  constructor(
    private readonly events: TelemetryEvents,
    { file = NVML_LIBRARY, everyMs = EVERY_MS }: Partial<TelemetryStart> = {},
  ) {
    const program = compiledModuleUrl(new URL(`./telemetry.worker${extname(import.meta.url)}`, import.meta.url));
    const start: TelemetryStart = { file, everyMs };
    this.thread = new NodeWorker(program, { workerData: start });
    this.thread.unref();
    let reason = 'its thread ended';
    this.thread.on('message', (devices: readonly DeviceReading[]) => this.events.read(devices));
    this.thread.on('error', (error: unknown) => (reason = error instanceof Error ? error.message : String(error)));
    this.thread.on('exit', () => {
      if (!this.isStopping) this.events.ended(reason);
    });
  }

  /** After the look that it is in. */
  stop(): void {
    this.isStopping = true;
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's, not a window's
    this.thread.postMessage('stop');
  }
}
