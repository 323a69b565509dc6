import { z } from 'zod';
import { ResourceName, Sha256, Timestamp } from '../names.js';
import { StatedWarning } from '../problem.js';

/** Smallest and largest value over all elements. */
const ValueRange = z
  .strictObject({
    min: z.number().describe('Smallest value, in its own unit'),
    max: z.number().describe('Largest value, in its own unit'),
  })
  .meta({ id: 'ValueRange' });

/** A stored dataset: pairs of an observation [obsSize] and an action sequence [horizon, dim]. */
export const Dataset = z
  .strictObject({
    name: ResourceName.describe('Name of the dataset'),
    owner: z.string().describe('Whose it is; without keys: default'),
    sha256: Sha256.describe('SHA-256 of the uploaded file'),
    bytes: z.int().min(0).describe('Bytes of the uploaded file'),
    count: z.int().min(2).describe('Pairs of an observation and an action sequence'),
    obsSize: z.int().min(0).describe('Numbers of one observation'),
    actionHorizon: z.int().min(1).describe('Steps of one action sequence'),
    actionDim: z.int().min(1).describe('Numbers of one step'),
    observationRange: ValueRange.nullable().describe('Range of all observations; null: there are none'),
    actionRange: ValueRange.describe('Range of all actions'),
    paddedSteps: z
      .int()
      .min(0)
      .describe('Steps that action_is_pad marks; they count neither in ranges nor in the loss'),
    warnings: z.array(StatedWarning).describe('What works but is probably not meant'),
    createdAt: Timestamp.describe('When it was stored'),
  })
  .meta({ id: 'Dataset' });
export type Dataset = z.output<typeof Dataset>;
export const DatasetList = z
  .strictObject({ items: z.array(Dataset).describe('All datasets by name') })
  .meta({ id: 'DatasetList' });

/** What one number of an observation, or of a step, does over the whole dataset. */
const DimensionStatistics = z
  .strictObject({
    min: z.number().describe('Smallest value, in its own unit'),
    max: z.number().describe('Largest value; the same as min: the dimension never moves'),
    mean: z.number().describe('Mean'),
    deviation: z.number().min(0).describe('Standard deviation'),
    histogram: z
      .array(z.int().min(0))
      .describe('Values in 32 equal parts of min..max; all in the first when min is max'),
  })
  .meta({ id: 'DimensionStatistics' });

/** How the numbers of a dataset spread; steps that are padding count nowhere. */
export const DatasetStatistics = z
  .strictObject({
    name: ResourceName.describe('Name of the dataset'),
    sha256: Sha256.describe('SHA-256 of the file that was measured'),
    observations: z
      .array(DimensionStatistics)
      .describe('Each number of an observation; of more than 256 the first 256'),
    actions: z.array(DimensionStatistics).describe('Each number of a step, over all steps; of more than 256 the first'),
  })
  .meta({ id: 'DatasetStatistics' });
export type DatasetStatistics = z.output<typeof DatasetStatistics>;

/** Numbers that one answer of rows holds at most. */
export const MAX_ROW_NUMBERS = 65_536;

/** Some rows of a dataset. */
export const DatasetRowPage = z
  .strictObject({
    name: ResourceName.describe('Name of the dataset'),
    sha256: Sha256.describe('SHA-256 of the file that was read'),
    first: z.int().min(0).describe('Row that comes first, from 0'),
    observations: z.array(z.array(z.number())).describe('[rows, obsSize]'),
    actions: z.array(z.array(z.array(z.number()))).describe('[rows, horizon, dim]'),
    padding: z
      .array(z.array(z.boolean()))
      .nullable()
      .describe('[rows, horizon], true where a step is padding; null: none is'),
  })
  .meta({ id: 'DatasetRowPage' });
export type DatasetRowPage = z.output<typeof DatasetRowPage>;
