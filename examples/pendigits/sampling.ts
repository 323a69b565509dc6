import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { found, StrideError, waitForSamplingJob, type Schemas, type StrideClient } from '#client';
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

const WAIT_SECONDS = 60;
/** Refusals and lost connections in a row before a job is given up. */
const MAX_ATTEMPTS = 20;

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
      strokes.set(await runJob(client, samplingRequest(plan, labels, first), plan.signal), first * STROKE_SIZE);
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
  const data = Buffer.from(oneHot(labels).buffer).toString('base64');
  const observations = { shape: [labels.length, NUM_DIGITS], dtype: 'float32' as const, data };
  return { model, observations, numInferenceSteps, eta, timestepSpacing: 'trailing', seed };
}

/**
 * The numbers of one job's result, in order. Submits until the job is accepted, with one key: however often
 * it is repeated, it is one job.
 * @throws StrideError when it is refused for good, or fails
 */
export async function runJob(
  client: StrideClient,
  body: Schemas['SamplingRequest'],
  signal?: AbortSignal,
): Promise<readonly number[]> {
  const headers = { 'Idempotency-Key': randomUUID(), Prefer: `wait=${WAIT_SECONDS}` };
  for (let attempt = 1; ; attempt++) {
    const answer = await client.POST('/v1/sampling-jobs', { body, headers, signal }).catch((error: unknown) => {
      // fetch throws a TypeError when a connection is lost, which leaves open what became of the job.
      if (!(error instanceof TypeError) || attempt === MAX_ATTEMPTS) throw error;
      return undefined;
    });
    const job = answer?.data;
    if (job)
      return actionsOf(client, job.finishedAt === null ? await waitForSamplingJob(client, job.id, { signal }) : job);
    const status = answer?.response.status ?? 503;
    if (!(status === 429 || status === 503) || attempt === MAX_ATTEMPTS)
      throw StrideError.fromBody(answer?.error, status);
    const retrySeconds = Number(answer?.response.headers.get('Retry-After') ?? 0.1);
    await delay(1_000 * retrySeconds, undefined, { signal });
  }
}

async function actionsOf(client: StrideClient, job: Schemas['SamplingJob']): Promise<readonly number[]> {
  const { id, status, error, result } = job;
  if (status !== 'succeeded') throw new StrideError(error?.code ?? status, `job ${id}: ${error?.message ?? status}`);
  const params = { path: { id } };
  return numbers(result?.data ?? found(await client.GET('/v1/sampling-jobs/{id}/result', { params })));
}

/** All numbers of nested arrays, in order. */
function numbers(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (!Array.isArray(value)) throw new StrideError('unexpected_answer', 'a result must be nested arrays of numbers');
  const elements: readonly unknown[] = value;
  return elements.flatMap(numbers);
}
