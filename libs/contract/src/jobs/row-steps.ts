import { z } from 'zod';

const CountedData = z.union([
  z.object({ rows: z.int(), steps: z.int() }).transform(({ steps }) => steps),
  z
    .object({ config: z.object({ training: z.object({ batchSize: z.int(), steps: z.int() }) }) })
    .transform(({ config: { training } }) => training.batchSize * training.steps),
]);

/**
 * What a job counts towards the row-steps of its key. Of sampling: the denoising steps of all its rows. Of
 * training: the rows of a batch x steps, since each of them passes the network in each step.
 * @param data of a job of either kind, as it was admitted
 */
export function rowStepsOf(data: unknown): number {
  return CountedData.parse(data);
}
