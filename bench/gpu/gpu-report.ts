import { flopPerCall, type GpuWorkload } from './gpu-workload.js';

/** What one contender did with one batch size. */
export type Measured = { readonly name: string; readonly numRows: number } & (
  | { readonly secondsPerCall: number; readonly error: number; readonly peak: number | undefined }
  | { readonly problem: string }
);

/** @param results of one batch size */
export function printResults(numRows: number, results: readonly Measured[], workload: GpuWorkload): void {
  const width = Math.max(...results.map(({ name }) => name.length));
  console.log(`B = ${numRows}, ${workload.numSteps} steps in one call:`);
  for (const result of results) console.log(`  ${result.name.padEnd(width)} ${columns(result, workload)}`);
}

function columns(result: Measured, workload: GpuWorkload): string {
  if ('problem' in result) return result.problem;
  const { secondsPerCall, numRows, error, peak } = result;
  const rate = flopPerCall(workload, numRows) / secondsPerCall;
  const share = peak === undefined ? 'peak not measured' : `${((100 * rate) / peak).toFixed(2)} % of the peak`;
  return (
    `${(secondsPerCall * 1e3).toFixed(3).padStart(9)} ms, ${(numRows / secondsPerCall).toFixed(0).padStart(8)} samples/s, ` +
    `largest error ${error.toExponential(1)}, ${share}`
  );
}
