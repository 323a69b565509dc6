/** Rows of every kind on a model, and what a reference network makes of them. Knows nothing of kernels. */

import { fillNormal, IDLE_ROW, outputSize, PLACES, type Predict } from '#ddim';
import type { LoadedDenoiser, MlpModelSource } from '#engine';
import { referenceRow } from '../../engine/src/self-test/reference-row.js';
import { assembleMacroStep, type ProbeRow, type ProbeState } from '../../engine/src/self-test/self-test-rows.js';

const PURPOSE = 254;
const ORDINARY = [0.9, -0.3, 0.8, 0.3, 0.1, 0, -3, 3].map(Math.fround);
const NOISY = ORDINARY.with(PLACES.s, Math.fround(0.2));

type Subject = Pick<LoadedDenoiser, 'advance'>;

/** How rows are advanced: `steps` per call, and which of them. */
interface Call {
  readonly steps: number;
  /** Indices, in their order; absent: all. */
  readonly chosen?: readonly number[];
  /** Without guidance, fixed actions and chunks, not even for those that have them. */
  readonly isBare?: boolean;
}

/**
 * Some rows: every second draws noise, every third is guided, every fourth is fixed in part, every fifth has
 * a chunk, and every seventh idles in its last step.
 */
export class KernelRows {
  private readonly rows: readonly ProbeRow[];

  constructor(
    private readonly model: MlpModelSource,
    count: number,
    private readonly numSteps: number,
    /** What some rows begin with instead of numbers. */
    private readonly poison: (i: number) => number | undefined = () => undefined,
  ) {
    this.rows = Array.from({ length: count }, (_, i) => this.row(i));
  }

  /** All steps of some rows, `steps` per call. @returns their x */
  async advance(subject: Subject, { steps, chosen, isBare = false }: Call): Promise<readonly Float32Array[]> {
    const rows = (chosen ?? Array.from(this.rows.keys())).map((i) => this.rows[i]);
    let states = rows.map((row): ProbeState => ({ row: isBare ? bare(row) : row, x: row.x, done: 0 }));
    for (let done = 0; done < this.numSteps; done += steps) {
      const macroStep = assembleMacroStep(states, steps, !isBare);
      await subject.advance(macroStep);
      const D = outputSize(this.model.config);
      states = states.map(({ row }, i) => ({ row, x: macroStep.x.slice(i * D, (i + 1) * D), done: done + steps }));
    }
    return states.map(({ x }) => x);
  }

  /** Of the first rows' x from those of a reference network, relative to the largest number. */
  largestError(results: readonly Float32Array[], predict: Predict): number {
    const pairs = results.map((actual, i) => ({ actual, expected: referenceRow(predict, this.rows[i]) }));
    const largest = Math.max(...pairs.flatMap(({ expected }) => Array.from(expected, Math.abs)));
    const errors = pairs.flatMap(({ actual, expected }) => Array.from(expected, (x, j) => Math.abs(x - actual[j])));
    return errors.reduce((most, error) => (error <= most ? most : error), 0) / largest; // NaN stays
  }

  private row(i: number): ProbeRow {
    const { config } = this.model;
    const D = outputSize(config);
    const draw = (size: number, what: number): Float32Array => {
      const numbers = new Float32Array(size);
      fillNormal(numbers, { seed: 1, row: i, purpose: PURPOSE }, what);
      return numbers;
    };
    const mask = Float32Array.from({ length: D }, (_, j) => (j % 3 === 0 ? 0 : 1));
    const known = (what: number): Float32Array => draw(D, what).map((value, j) => (mask[j] === 0 ? value : 0));
    const isNoisy = i % 2 === 1;
    const step = (k: number) => ({
      timestep: (i * 37 + k * 11) % config.numTrainTimesteps,
      coefficients: i % 7 === 6 && k > 0 && k + 1 === this.numSteps ? IDLE_ROW : isNoisy ? NOISY : ORDINARY,
      ...(isNoisy ? { z: draw(D, 10 + k) } : {}),
      levels: [Math.fround(0.8), Math.fround(0.6)] as const,
      pull: Math.fround(0.4),
    });
    return {
      x: draw(D, 0).map((value) => this.poison(i) ?? value),
      condition: draw(config.hiddenSize, 1),
      steps: Array.from({ length: this.numSteps }, (_, k) => step(k)),
      ...(i % 3 === 0 ? { guidance: { nullCondition: draw(config.hiddenSize, 2), scale: 2.5 } } : {}),
      ...(i % 4 === 1 ? { fixed: { keep: mask, y: known(3), z0: known(4) } } : {}),
      ...(i % 5 === 2 ? { chunk: { weights: mask.map((bit) => bit * 0.75), y: draw(D, 5) } } : {}),
    };
  }
}

function bare({ x, condition, steps }: ProbeRow): ProbeRow {
  return { x, condition, steps };
}
