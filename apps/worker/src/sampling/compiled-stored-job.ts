import { z } from 'zod';
import { StoredSamplingJob } from '#contract';

/** The same schema as code: the data of every job goes through it. */
export const CompiledStoredJob = z.compile(StoredSamplingJob);
