/**
 * Times a model that was just loaded on batches of a few sizes. Knows nothing of requests and of what is made
 * of the times.
 */

import { COEFFICIENTS_PER_STEP, IDLE_ROW, outputSize } from '#ddim';
import { CALIBRATION_ROWS, conditionSize, type MacroStep } from '../backend/backend.js';
import type { ThreadModel } from './thread-model.js';
import type { CostSample } from '../protocol/thread-protocol.js';

const LEAST_STEPS_PER_CALL = 2;
/** Spent on each batch size, after one call that warms up. */
const BUDGET_MS = 25;

/**
 * Times a freshly loaded model on rows of zeros. @param cheapStepsPerCall of the backend: calls will hardly
 * be shorter
 */
export async function calibrate(
  model: ThreadModel,
  cheapStepsPerCall: number,
  now: () => number,
): Promise<CostSample[]> {
  const stepsPerCall = Math.max(LEAST_STEPS_PER_CALL, cheapStepsPerCall);
  const samples: CostSample[] = [];
  for (const numRows of CALIBRATION_ROWS) {
    const macroStep = idleRows(model, numRows, stepsPerCall);
    await model.advance(macroStep);
    const started = now();
    let calls = 0;
    do {
      await model.advance(macroStep);
      calls += 1;
    } while (now() - started < BUDGET_MS);
    samples.push({ numRows, msPerStep: (now() - started) / calls / stepsPerCall });
  }
  return samples;
}

function idleRows({ source }: ThreadModel, numRows: number, stepsPerCall: number): MacroStep {
  const D = outputSize(source.config);
  const coefficients = new Float32Array(stepsPerCall * numRows * COEFFICIENTS_PER_STEP);
  for (let row = 0; row < coefficients.length; row += COEFFICIENTS_PER_STEP) coefficients.set(IDLE_ROW, row);
  return {
    numRows,
    stepsPerCall,
    x: new Float32Array(numRows * D),
    conditions: new Float32Array(numRows * conditionSize(source)),
    timesteps: new Int32Array(stepsPerCall * numRows),
    coefficients,
    noise: { z: new Float32Array(stepsPerCall * D), index: new Int32Array(numRows) },
  };
}
