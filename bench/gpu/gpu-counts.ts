import type { DenoiserBackend, DeviceCounters } from '#engine';
import { BENCH_CONFIG } from '../engine/engine-workload.js';
import { wholePlan, workloadOf, type GpuWorkload } from './gpu-workload.js';

/** What one call asks of a device, however fast that is. */
export interface CallCounts extends DeviceCounters {
  readonly numRows: number;
  readonly numSteps: number;
}

const NUM_STEPS = 50;
/** As many layers as the default preset, by which dispatches count; so narrow that software can run it. */
const NARROW = { ...BENCH_CONFIG, obsSize: 4, actionDim: 2, actionHorizon: 2, hiddenSize: 16 };
const WORKLOAD: GpuWorkload = workloadOf(NARROW, NUM_STEPS, [1, 64, 1_024, 16_384], 256);

/** @returns undefined for a backend that does not count */
export async function countCalls(
  backend: DenoiserBackend,
  batchSizes: readonly number[] = WORKLOAD.batchSizes,
): Promise<readonly CallCounts[] | undefined> {
  if (backend.counters === undefined) return undefined;
  const { config, parameters, numSteps } = WORKLOAD;
  const denoiser = await backend.load({ version: 'counted', config, parameters }, 'float32');
  const counts: CallCounts[] = [];
  for (const numRows of batchSizes) {
    const [first, second] = [wholePlan(WORKLOAD, numRows), wholePlan(WORKLOAD, numRows)];
    await denoiser.advance(first); // makes what later calls of this size find
    const before = { ...backend.counters };
    await denoiser.advance(second);
    counts.push({ numRows, numSteps, ...difference(before, backend.counters) });
  }
  await denoiser.dispose();
  return counts;
}

function difference(before: DeviceCounters, after: DeviceCounters): DeviceCounters {
  return {
    dispatches: after.dispatches - before.dispatches,
    submissions: after.submissions - before.submissions,
    uploads: after.uploads - before.uploads,
    downloads: after.downloads - before.downloads,
    uploadedBytes: after.uploadedBytes - before.uploadedBytes,
    downloadedBytes: after.downloadedBytes - before.downloadedBytes,
  };
}

export function printCounts(name: string, counts: readonly CallCounts[]): void {
  console.log(`${name}, ${NUM_STEPS} steps in one call of a narrow network of ${NARROW.numLayers} layers:`);
  for (const { numRows, dispatches, submissions, uploads, downloads, uploadedBytes, downloadedBytes } of counts)
    console.log(
      `  B = ${String(numRows).padStart(6)}: ${dispatches} dispatches, ${submissions} submissions, ` +
        `${uploads} up (${uploadedBytes} bytes), ${downloads} down (${downloadedBytes} bytes)`,
    );
}
