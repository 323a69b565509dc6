import { z } from 'zod';

/** Why a training ended: all its steps were done, or the validation loss fell no more. */
export const TrainingStop = z.enum(['steps', 'early_stopping']);
