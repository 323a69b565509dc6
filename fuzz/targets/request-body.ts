import { SamplingRequest, TrainingRequest } from '#contract';
import { parseJsonText } from '../../apps/api/src/http/body/json-text.js';
import { HttpProblem } from '../../apps/api/src/http/problem.js';
import { parseRequest } from '../../apps/api/src/http/schema.pipe.js';
import { outcomeOf, type FuzzTarget } from '../target.js';

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const MAX_REFUSAL = 16_384;

/** The JSON body of a sampling or training request, on the way that the API takes. */
export const target: FuzzTarget = {
  seeds: [
    bytes({ model: 'm', observations: [[1, 2, 3]], metadata: { note: 'a', size: 1 }, eta: 0.5, clipSample: null }),
    bytes({
      model: 'm',
      fixedActions: {
        mask: [
          [1, 0],
          [true, false],
        ],
        values: [
          [
            [1, 2],
            [3, 4],
          ],
        ],
      },
      strength: 0.5,
    }),
    bytes({
      model: 'm',
      realTimeChunking: { previousActions: [[[1, 2]]], executedSteps: 1, delaySteps: 2, schedule: 'exp', maxWeight: 5 },
    }),
    bytes({ model: 'm@1', initialNoise: { shape: [1, 2, 1], dtype: 'float32', data: 'AACAPwAAAEA=' }, seed: 7 }),
    bytes({ model: 'm', dataset: 'd', diffusion: { trainedBetas: [0.1, 0.2] }, training: { adamBetas: [0.9, 0.99] } }),
  ],
  dictionary: ['"length":{"toString":1}', '"__proto__":{}', '"constructor"', '[]', '{}', '\\ud800', '1e400', '"mask":'],
  run: (input) => {
    const value = outcomeOf(() => void parseJsonText(input), isRefusal);
    if (value !== 'accepted') return value;
    const json = parseJsonText(input);
    if (JSON.stringify(json) !== JSON.stringify(JSON.parse(Buffer.from(input).toString())))
      throw new Error('read otherwise');
    return [SamplingRequest, TrainingRequest]
      .map((schema) =>
        outcomeOf(() => {
          const parsed = parseRequest(schema, json);
          parseRequest(schema, JSON.parse(JSON.stringify(parsed))); // what was accepted is accepted again
        }, isRefusal),
      )
      .join(' | ');
  },
};

/** A refusal has few words, however large what it refuses. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof HttpProblem)) return false;
  return error.status < 500 && JSON.stringify(error.body()).length <= MAX_REFUSAL;
}
