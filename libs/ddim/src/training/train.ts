import { EngineError } from '../errors.js';
import type { TrainingOptions, TrainingResult } from './training-options.js';

/** Trains a model in a thread of its own. */
export async function train(options: TrainingOptions): Promise<TrainingResult> {
  throw new EngineError('training_thread_died', `no training thread for ${options.backendModule}`);
}
