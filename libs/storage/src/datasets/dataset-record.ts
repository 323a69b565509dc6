import { z } from 'zod';
import { overallRange, type DatasetSummary } from './dataset-summary.js';

const ValueRange = z.object({ min: z.number(), max: z.number() });

const DimensionRanges = z.object({ min: z.array(z.number()), max: z.array(z.number()) });

/**
 * Records from before there was a bound on them hold the range of every dimension, however many there are.
 */
const RangeOfAll = z.union([ValueRange, DimensionRanges.transform(overallRange)]);

/** A dataset's file; the shape of DatasetRecord. */
export const DatasetRecordFile = z.object({
  name: z.string(),
  sha256: z.string(),
  bytes: z.int(),
  count: z.int(),
  obsSize: z.int(),
  actionHorizon: z.int(),
  actionDim: z.int(),
  observationRange: RangeOfAll.optional(),
  actionRange: RangeOfAll,
  actionRanges: DimensionRanges.optional(),
  paddedSteps: z.int().default(0),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })).default([]),
  createdAt: z.string(),
  owner: z.string().optional(),
});

/** A named dataset; its bytes are the artifact `sha256`. */
export interface DatasetRecord extends DatasetSummary {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Whose it is; absent: of the time before there were owners. */
  readonly owner?: string | undefined;
}
