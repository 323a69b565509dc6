import { outputSize } from '#ddim';
import { conditionSize, type LoadedDenoiser, type MacroStep, type ModelSource } from '../src/backend/backend.js';

/** Hooks into a fake denoiser. */
export interface FakeBehaviour {
  /** Called before every macro-step; may throw, wait, or spoil its output afterwards. */
  readonly around?: (macroStep: MacroStep, run: () => void) => Promise<void>;
  /**
   * The batch's largest |x| scales every row, as a dynamic quantisation would: rows depend on their
   * neighbours.
   */
  readonly batchScaled?: boolean;
}

/**
 * A denoiser without a network, for tests of what is around it: F = sin(x + condition[0]) + timestep / 1000,
 * elementwise, then the step as every backend does it in float32.
 */
export class FakeDenoiser implements LoadedDenoiser {
  readonly batchInvariant: boolean;
  disposed = false;

  constructor(
    private readonly model: ModelSource,
    private readonly behaviour: FakeBehaviour = {},
  ) {
    this.batchInvariant = !behaviour.batchScaled;
  }

  encodeObservations(observations: Float32Array, conditions: Float32Array, count: number): Promise<void> {
    const { obsSize } = this.model.config;
    const H = conditionSize(this.model);
    for (let row = 0; row < count; row++) conditions.fill(observations[row * obsSize], row * H, (row + 1) * H);
    return Promise.resolve();
  }

  async advance(macroStep: MacroStep): Promise<void> {
    const run = (): void => {
      for (let k = 0; k < macroStep.stepsPerCall; k++) this.step(macroStep, k);
    };
    if (this.behaviour.around) await this.behaviour.around(macroStep, run);
    else run();
  }

  dispose(): Promise<void> {
    this.disposed = true;
    return Promise.resolve();
  }

  private step(macroStep: MacroStep, k: number): void {
    const { numRows, x } = macroStep;
    const D = outputSize(this.model.config);
    const scale = this.behaviour.batchScaled ? x.reduce((most, value) => Math.max(most, Math.abs(value)), 0) : 1;
    for (let b = 0; b < numRows; b++) stepRow(macroStep, { k, b, D, scale, H: conditionSize(this.model) });
  }
}

interface Place {
  readonly k: number;
  readonly b: number;
  readonly D: number;
  readonly H: number;
  readonly scale: number;
}

function stepRow(
  { numRows, x, x0, conditions, timesteps, coefficients, noise, guidance, fixedActions, realTimeChunking }: MacroStep,
  place: Place,
): void {
  const { fround, max, min, sin } = Math;
  const { k, b, D, H, scale } = place;
  const [a, bF, c, d, e, s, lo, hi] = coefficients.subarray((k * numRows + b) * 8, (k * numRows + b + 1) * 8);
  const M = noise.z.length / D / (coefficients.length / numRows / 8);
  const time = timesteps[k * numRows + b] / 1000;
  const cond = guidance ? guidance.condIndex[b] : b;
  const none = guidance ? guidance.nullIndex[b] : b;
  const w = guidance ? guidance.scale[b] : 1;
  for (let i = 0; i < D; i++) {
    const at = b * D + i;
    const F = (row: number): number => fround((sin(x[at] + conditions[row * H]) + time) * scale);
    const output = fround(F(none) + fround(fround(F(cond) - F(none)) * w));
    const clean = min(max(fround(fround(a * x[at]) + fround(bF * output)), lo), hi);
    if (x0) x0[at] = clean;
    const direction = fround(fround(fround(c * clean) + fround(d * output)) + fround(e * x[at]));
    x[at] = fround(direction + fround(s * noise.z[(k * M + noise.index[b]) * D + i]));
    if (realTimeChunking) {
      const { weights, y, index, pull } = realTimeChunking;
      const towards = fround(fround(y[index[b] * D + i] - clean) * weights[index[b] * D + i]);
      x[at] = fround(x[at] + fround(towards * pull[k * numRows + b]));
    }
    if (!fixedActions) continue;
    const { keep, y, z0, index, levels } = fixedActions;
    const known = index[b] * D + i;
    const level = (k * numRows + b) * 2;
    x[at] = fround(
      fround(fround(x[at] * keep[known]) + fround(y[known] * levels[level])) + fround(z0[known] * levels[level + 1]),
    );
  }
}
