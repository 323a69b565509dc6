export {
  namedLibrary,
  type BackendChoice,
  type BackendLibrary,
  type BackendPlace,
  type BackendWish,
} from './backend-library.js';
export { freshTrainState } from './train-state.js';
export { train } from './train.js';
export type {
  LoadedTrainer,
  OptimiserStep,
  TrainBackend,
  TrainBackendModule,
  TrainBatch,
  TrainSetup,
  TrainState,
  TrainStepResult,
} from './train-backend.js';
export type { TrainingCheckpoint } from './training-checkpoint.js';
export { checkTrainingConfig, trainingConfigHash } from './training-config.js';
export type { TrainingDataset } from './training-dataset.js';
export type { TrainingMetricsPoint, TrainingResult } from './training-options.js';
export { MAX_DRAWN_NUMBERS, type DrawnSamples } from './run-draws.js';
