import type { DenoiserBackend, DeviceCounters } from '#engine';
import { BENCH_CONFIG } from '../engine/engine-workload.js';
import { wholePlan, workloadOf } from './gpu-workload.js';

/** What one call asks of a device, however fast that is. */
export interface CallCounts extends DeviceCounters {
  readonly numRows: number;
  readonly numSteps: number;
}

const BATCH_ROWS = [1, 64, 1_024, 16_384] as const;
const NUM_STEPS = 50;
/** A device in software is slow: calls of large batches have fewer steps there. */
export const SOFTWARE_ROW_STEPS = 8_192;
/** What kernels of small batches keep from call to call is there after the first. */
const SMALL_ROWS = 64;
/** As many layers as the default preset, by which dispatches count; so narrow that software can run it. */
const NARROW = { ...BENCH_CONFIG, obsSize: 4, actionDim: 2, actionHorizon: 2, hiddenSize: 16 };

/**
 * @param mostRowSteps of one call, at least one step
 * @returns undefined for a backend that does not count
 */
export async function countCalls(
  backend: DenoiserBackend,
  { batchRows = BATCH_ROWS, mostRowSteps = Infinity }: { batchRows?: readonly number[]; mostRowSteps?: number },
): Promise<readonly CallCounts[] | undefined> {
  if (backend.counters === undefined) return undefined;
  const counts: CallCounts[] = [];
  const { config, parameters } = workloadOf(NARROW, NUM_STEPS, batchRows, 0);
  const denoiser = await backend.load({ version: 'counted', config, parameters }, 'float32');
  for (const numRows of batchRows) {
    const numSteps = Math.max(1, Math.min(NUM_STEPS, Math.floor(mostRowSteps / numRows)));
    const workload = workloadOf(NARROW, numSteps, batchRows, 0);
    if (numRows <= SMALL_ROWS) await denoiser.advance(wholePlan(workload, numRows));
    const macroStep = wholePlan(workload, numRows);
    const before = { ...backend.counters };
    await denoiser.advance(macroStep);
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
  console.log(`${name}, one call of a narrow network of ${NARROW.numLayers} layers:`);
  for (const { numRows, numSteps, ...asked } of counts) {
    const { dispatches, submissions, uploads, downloads, uploadedBytes, downloadedBytes } = asked;
    console.log(
      `  ${numRows} rows, ${numSteps} steps: ${dispatches} dispatches, ${submissions} submissions, ` +
        `${uploads} up (${uploadedBytes} bytes), ${downloads} down (${downloadedBytes} bytes)`,
    );
  }
}
