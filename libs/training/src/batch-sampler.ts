import {
  outputSize,
  fillNormal,
  fillWords,
  integerBelow,
  permutation,
  PURPOSES,
  uniform,
  type NoiseSchedule,
  type TrainingConfig,
} from '#ddim';
import type { TrainBatch } from './train-backend.js';
import type { TrainingData } from './training-data.js';

/** Rows that a validation looks at, at most. */
const MAX_VALIDATION_ROWS = 1_024;

type Batch = Omit<TrainBatch, 'optimiser'>;

/**
 * Makes the train batch of every update. Order, timesteps, noise and dropout are functions of (seed, update,
 * position in the batch), so a run that goes on from update n draws what it would have drawn.
 */
export class BatchSampler {
  private epoch = -1;
  private order: Uint32Array = new Uint32Array(0);
  private readonly word = new Uint32Array(1);
  private readonly batch: Batch;

  constructor(
    private readonly config: TrainingConfig,
    private readonly schedule: NoiseSchedule,
    private readonly data: TrainingData,
  ) {
    this.batch = this.emptyBatch(config.training.batchSize);
  }

  /** Rows of update n = 0, 1, ...; overwritten by the next call. */
  update(n: number): Batch {
    const { batchSize, conditionDropout, seed } = this.config.training;
    for (let i = 0; i < batchSize; i++) {
      this.copyRow(this.batch, i, this.rowAt(n * batchSize + i));
      this.fillRow(this.batch, i, { seed, step: n, timestep: PURPOSES.trainTimestep, noise: PURPOSES.trainNoise });
      const dropped =
        conditionDropout > 0 && uniform(this.draw(seed, i, PURPOSES.conditionDropout, n)) < conditionDropout;
      this.batch.conditionKeep[i] = dropped ? 0 : 1;
    }
    return this.batch;
  }

  /** The held-out rows with the same timesteps and noise every time; undefined when none are held out. */
  validation(): Batch | undefined {
    const rows = this.data.validationRows.subarray(0, MAX_VALIDATION_ROWS);
    if (rows.length === 0) return undefined;
    const batch = this.emptyBatch(rows.length);
    for (const [i, row] of rows.entries()) {
      this.copyRow(batch, i, row);
      const purpose = PURPOSES.validation;
      this.fillRow(batch, i, {
        seed: this.config.training.seed,
        step: 1,
        timestep: purpose,
        noise: purpose,
        noiseStep: 2,
      });
      batch.conditionKeep[i] = 1;
    }
    return batch;
  }

  /** Each epoch is a permutation of its own of all rows; batches go on from one epoch into the next. */
  private rowAt(position: number): number {
    const { trainRows } = this.data;
    const epoch = Math.floor(position / trainRows.length);
    if (epoch !== this.epoch) {
      const stream = { seed: this.config.training.seed, row: 0, purpose: PURPOSES.dataOrder };
      this.order = permutation(trainRows.length, stream, epoch);
      this.epoch = epoch;
    }
    return trainRows[this.order[position % trainRows.length]];
  }

  private copyRow(batch: Batch, i: number, row: number): void {
    const D = outputSize(this.config);
    const O = this.config.obsSize;
    batch.actions.set(this.data.actions.subarray(row * D, (row + 1) * D), i * D);
    if (this.data.lossMask) batch.lossMask?.set(this.data.lossMask.subarray(row * D, (row + 1) * D), i * D);
    if (O > 0) batch.observations.set(this.data.observations.subarray(row * O, (row + 1) * O), i * O);
  }

  private fillRow(
    batch: Batch,
    i: number,
    draw: { seed: number; step: number; timestep: number; noise: number; noiseStep?: number },
  ): void {
    const D = outputSize(this.config);
    const T = this.config.diffusion.numTrainTimesteps;
    const timestep = integerBelow(this.draw(draw.seed, i, draw.timestep, draw.step), T);
    batch.timesteps[i] = timestep;
    batch.alphaBars[i] = this.schedule.alphasCumprod[timestep];
    const noise = batch.noise.subarray(i * D, (i + 1) * D);
    fillNormal(noise, { seed: draw.seed, row: i, purpose: draw.noise }, draw.noiseStep ?? draw.step);
  }

  private draw(seed: number, row: number, purpose: number, step: number): number {
    fillWords(this.word, { seed, row, purpose }, step);
    return this.word[0];
  }

  private emptyBatch(numRows: number): Batch {
    const D = outputSize(this.config);
    return {
      numRows,
      actions: new Float32Array(numRows * D),
      observations: new Float32Array(numRows * this.config.obsSize),
      noise: new Float32Array(numRows * D),
      timesteps: new Int32Array(numRows),
      alphaBars: new Float64Array(numRows),
      conditionKeep: new Float32Array(numRows),
      ...(this.data.lossMask && { lossMask: new Float32Array(numRows * D) }),
    };
  }
}
