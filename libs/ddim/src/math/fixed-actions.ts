import type { StepPlan } from './step-plan.js';

/**
 * Levels at which known actions are written into a row's state, [S+1,2] = √ā, √(1-ā): row 0 for the initial
 * state, row i+1 after step i; after the last step exactly 1, 0, so that the known actions come out as they
 * went in.
 */
export function fixedActionLevels(plan: StepPlan): Float32Array {
  const steps = plan.timesteps.length;
  const levels = new Float32Array(2 * (steps + 1));
  for (let i = 0; i < steps; i++) {
    const alphaBar = i === 0 ? plan.levels[0] : plan.levels[2 * i - 1];
    levels.set([Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)], 2 * i);
  }
  levels.set([1, 0], 2 * steps);
  return levels;
}

/**
 * Overwrites the known elements of one state x [D] by √ā y + √(1-ā) z0, z0 [D] being the row's initial noise:
 * one draw for the whole run, which is the path that a perfect predictor would take.
 * @param known mask [D] with 1 = known, y [D] the known actions, normalised
 * @param level √ā and √(1-ā) of the state
 */
export function writeFixedActions(
  x: Float32Array,
  known: { readonly mask: Uint8Array; readonly y: Float32Array; readonly z0: Float32Array },
  level: readonly [number, number],
): void {
  const [signal, noise] = level;
  for (let i = 0; i < x.length; i++)
    if (known.mask[i] === 1) x[i] = noise === 0 ? known.y[i] : signal * known.y[i] + noise * known.z0[i];
}
