/**
 * One denoising step: 0.1 ms to 2.5 s. Two to three buckets per doubling keep an interpolated quantile within
 * a fifth.
 */
export const STEP_SECONDS = [
  0.0001, 0.00015, 0.0002, 0.0003, 0.0004, 0.0005, 0.00075, 0.001, 0.0015, 0.002, 0.003, 0.004, 0.005, 0.0075, 0.01,
  0.015, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
];
/** A job, from milliseconds in an idle system to minutes behind a long queue. */
export const JOB_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600,
];
/** Steps per backend call. */
export const STEPS_PER_CALL = [1, 2, 5, 10, 25, 50];
/** Rows per backend call. */
export const BATCH_ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
/** Reading, verifying and compiling a model; writing an artifact or a checkpoint. */
export const IO_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** One train step. */
export const TRAIN_STEP_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5];
/** One HTTP request, whose buckets each route has; a wait for a job takes up to a minute. */
export const HTTP_SECONDS = [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 60];
