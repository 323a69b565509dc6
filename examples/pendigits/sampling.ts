import { packTensor, type Schemas, type StrideClient } from '#client';
import { oneHot } from './dataset.js';
import { NUM_DIGITS, STROKE_SIZE } from './pen-digits.js';

export interface SamplingPlan {
  /** A model version: `name@3`. */
  readonly model: string;
  /** Digits to write, one stroke each. */
  readonly labels: Uint8Array;
  readonly numInferenceSteps: number;
  readonly eta: number;
  readonly rowsPerJob: number;
  /** Jobs on their way at once. */
  readonly concurrency: number;
  readonly signal?: AbortSignal;
  /** Called with the number of strokes that have come back so far. */
  readonly onRows: (rows: number) => void;
}

/** Strokes [N,8,2] for the labels [N], sampled by many small jobs as many clients would send them. */
export async function sampleStrokes(client: StrideClient, plan: SamplingPlan): Promise<Float32Array> {
  const strokes = new Float32Array(plan.labels.length * STROKE_SIZE);
  let next = 0;
  let done = 0;
  const work = async () => {
    while (next < plan.labels.length) {
      const first = next;
      next += plan.rowsPerJob;
      const labels = plan.labels.subarray(first, next);
      const { actions } = await client.sample(samplingRequest(plan, labels, first), { signal: plan.signal });
      strokes.set(actions, first * STROKE_SIZE);
      done += labels.length;
      plan.onRows(done);
    }
  };
  await Promise.all(Array.from({ length: plan.concurrency }, work));
  return strokes;
}

/** The seed is the place of the first row, so that every stroke can be had again. */
function samplingRequest(
  { model, numInferenceSteps, eta }: SamplingPlan,
  labels: Uint8Array,
  seed: number,
): Schemas['SamplingRequest'] {
  const observations = packTensor(oneHot(labels), [labels.length, NUM_DIGITS]);
  return { model, observations, numInferenceSteps, eta, timestepSpacing: 'trailing', seed };
}
