import { z } from 'zod';
import { ResourceName, Sha256, Timestamp } from './names.js';
import { Warning } from './problem.js';

/** Smallest and largest value over all elements. */
export const ValueRange = z.strictObject({ min: z.number(), max: z.number() }).meta({ id: 'ValueRange' });

/** A stored dataset: pairs of an observation [obsSize] and an action sequence [horizon, dim]. */
export const Dataset = z
  .strictObject({
    name: ResourceName,
    sha256: Sha256,
    bytes: z.int().min(0),
    count: z.int().min(2),
    obsSize: z.int().min(0),
    actionHorizon: z.int().min(1),
    actionDim: z.int().min(1),
    observationRange: ValueRange.nullable(),
    actionRange: ValueRange,
    /** Steps that `action_is_pad` marks; they count neither in ranges nor in the loss. */
    paddedSteps: z.int().min(0),
    warnings: z.array(Warning),
    createdAt: Timestamp,
  })
  .meta({ id: 'Dataset' });
export type Dataset = z.output<typeof Dataset>;
export const DatasetList = z.strictObject({ items: z.array(Dataset) }).meta({ id: 'DatasetList' });
