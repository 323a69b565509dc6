/** Which of the paths computes a batch: proven to give the same bytes, then the fastest by its size. */

import { COEFFICIENTS_PER_STEP, IDLE_ROW } from '#ddim';
import { assembleMacroStep, selfTestRows, type MacroStep } from '#engine';
import type { MlpDenoiserConfig } from '#ddim';
import type { Path } from './paths.js';

const STEPS = 2;
/** Lanes of the batches that are timed. */
const SIZES = [1, 16, 64, 256, 1_024, 4_096] as const;
const CALLS = 3;
/** A size that takes the fastest path so long fills the device: larger ones are left to that path. */
const LONG_MS = 5;

/** Runs a macro-step on the path. */
type RunOn = (path: Path, macroStep: MacroStep) => Promise<void>;

export class PathChoice {
  /** By ascending size: the fastest path up to so many lanes. */
  private readonly fastest: { readonly lanes: number; readonly path: Path }[] = [];

  private constructor(readonly paths: readonly Path[]) {}

  /** Tries them on the device. Those that give other bytes than the first are not used. */
  static async measure(paths: readonly Path[], config: MlpDenoiserConfig, run: RunOn): Promise<PathChoice> {
    const choice = new PathChoice(await withSameBytes(paths, config, run));
    if (choice.paths.length > 1) await choice.time(config, run);
    return choice;
  }

  /** @param lanes that compute something */
  pathFor(lanes: number): Path {
    const found = this.fastest.find((entry) => lanes <= entry.lanes) ?? this.fastest.at(-1);
    return found?.path ?? this.paths[0];
  }

  private async time(config: MlpDenoiserConfig, run: RunOn): Promise<void> {
    for (const lanes of SIZES) {
      const macroStep = idleRows(config, lanes);
      const times: number[] = [];
      for (const path of this.paths) times.push(await shortest(() => run(path, macroStep)));
      const ms = Math.min(...times);
      this.fastest.push({ lanes, path: this.paths[times.indexOf(ms)] });
      if (ms >= LONG_MS) return;
    }
  }
}

async function withSameBytes(paths: readonly Path[], config: MlpDenoiserConfig, run: RunOn): Promise<readonly Path[]> {
  const states = selfTestRows(config, config.hiddenSize).map((row) => ({ row, x: row.x, done: 0 }));
  const results = new Map<Path, Buffer>();
  for (const path of paths) {
    const macroStep = assembleMacroStep(states, STEPS, true);
    await run(path, macroStep);
    results.set(path, Buffer.from(macroStep.x.buffer));
  }
  const [first] = results.values();
  return paths.filter((path) => results.get(path)?.equals(first));
}

async function shortest(call: () => Promise<void>): Promise<number> {
  let ms = Infinity;
  for (let i = 0; i < CALLS; i++) {
    const started = performance.now();
    await call();
    ms = Math.min(ms, performance.now() - started);
  }
  return ms;
}

function idleRows({ actionDim, actionHorizon, hiddenSize }: MlpDenoiserConfig, numRows: number): MacroStep {
  const D = actionDim * actionHorizon;
  const coefficients = new Float32Array(STEPS * numRows * COEFFICIENTS_PER_STEP);
  for (let at = 0; at < coefficients.length; at += COEFFICIENTS_PER_STEP) coefficients.set(IDLE_ROW, at);
  return {
    numRows,
    stepsPerCall: STEPS,
    x: new Float32Array(numRows * D),
    conditions: new Float32Array(numRows * hiddenSize),
    timesteps: new Int32Array(STEPS * numRows),
    coefficients,
    noise: { z: new Float32Array(STEPS * D), index: new Int32Array(numRows) },
  };
}
