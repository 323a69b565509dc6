import { z } from 'zod';
import { SamplingRequest } from './sampling-request.js';

const { webhook: _webhook, warmStart: _warmStart, strength: _strength, ...given } = SamplingRequest.shape;

/**
 * A sampling request of which nothing is left to be decided. It is not refined as one that comes in is:
 * it may lack tensors.
 */
const RepeatableSamplingRequest = z.strictObject(given).meta({ id: 'RepeatableSamplingRequest' });
export type RepeatableSamplingRequest = z.output<typeof RepeatableSamplingRequest>;

/** What a job was asked for, read back so that it can be sent again. */
export const SamplingJobRequest = z
  .strictObject({
    request: RepeatableSamplingRequest.describe(
      'Send it again and the same bytes come back: the version, the seed and every option are named. A warm start has become initialActions; a webhook is not given back',
    ),
    missing: z
      .array(z.string())
      .describe(
        'Paths of the tensors whose numbers are no longer kept, because the job has ended: put them in before you send it',
      ),
  })
  .meta({ id: 'SamplingJobRequest' });
export type SamplingJobRequest = z.output<typeof SamplingJobRequest>;
