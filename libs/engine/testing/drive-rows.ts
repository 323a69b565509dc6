import type { LoadedDenoiser } from '../src/backend/backend.js';
import { assembleMacroStep, type ProbeRow, type ProbeState } from '../src/self-test/self-test-rows.js';
import { D } from './probe-rows.js';

export interface Drive {
  /** Numbers of steps per call, used in turn. */
  readonly stepsPerCall: readonly number[];
  /** Which of the unfinished rows go into the next call. */
  readonly choose?: (unfinished: ProbeState[]) => ProbeState[];
  readonly extended?: boolean;
}

/** Runs rows to their ends, in whatever batches `choose` makes. @returns [D] of each row */
export async function drive(
  denoiser: LoadedDenoiser,
  rows: readonly ProbeRow[],
  { stepsPerCall, choose, extended = false }: Drive,
): Promise<Float32Array[]> {
  const states: Array<{ row: ProbeRow; x: Float32Array; done: number }> = rows.map((row) => ({
    row,
    x: row.x,
    done: 0,
  }));
  for (let call = 0; states.some(({ row, done }) => done < row.steps.length); call++) {
    const unfinished = states.filter(({ row, done }) => done < row.steps.length);
    const chosen = new Set(choose ? choose(unfinished) : unfinished);
    const batch = states.filter((state) => chosen.has(state));
    const K = stepsPerCall[call % stepsPerCall.length];
    const macroStep = assembleMacroStep(batch, K, extended);
    await denoiser.advance(macroStep);
    for (const [i, state] of batch.entries()) {
      state.x = macroStep.x.slice(i * D, (i + 1) * D);
      state.done += K;
    }
  }
  return states.map(({ x }) => x);
}

/** Each row by itself, one step per call. */
export async function driveEachAlone(
  denoiser: LoadedDenoiser,
  rows: readonly ProbeRow[],
  extended = false,
): Promise<Float32Array[]> {
  const results: Float32Array[] = [];
  for (const row of rows) results.push(...(await drive(denoiser, [row], { stepsPerCall: [1], extended })));
  return results;
}
