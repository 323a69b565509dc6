import { UnrecoverableError, type Job } from 'bullmq';
import { encodeJobError, SamplingJobData } from '#contract';
import { encodeNpy } from '#storage';
import { playedResult, playWorker, tinyConfig, type TestApi } from '../test-api.js';
import {
  artifact,
  good,
  goodTraining,
  JOBS,
  pairs,
  post,
  put,
  TRAINING,
  type Answer,
  type Prepared,
} from './bad-input.js';

/** Datasets `pairs` and `wide`, models `wide` and `later`, of which one is being trained, and some jobs. */
export async function prepare(api: TestApi): Promise<Prepared> {
  await accepted(put('/v1/datasets/pairs', pairs([8, 3], [8, 4, 2]))(api));
  await accepted(put('/v1/datasets/wide', pairs([2, 65_536], [2, 1, 1]))(api));
  await api.publish('wide', { config: { ...tinyConfig, actionDim: 4, actionHorizon: 2 } });
  await accepted(post(TRAINING, { ...goodTraining, model: 'later' })(api));
  const array = encodeNpy({ dtype: 'float32', shape: [1, 3], data: Float32Array.of(1, Number.NaN, 3) });
  const notFinite = await accepted(artifact(array)(api));

  const key = 'taken';
  const worker = await playWorker(api.redis.url, (job) => Promise.resolve(playedEnd(job)));
  const succeeded = await accepted(post(JOBS, good, { prefer: 'wait=30', 'idempotency-key': key })(api));
  const failed = await accepted(post(JOBS, { ...good, metadata: { fail: true } }, { prefer: 'wait=30' })(api));
  await worker.close();
  const queued = await accepted(post(JOBS, good)(api));
  const cancelled = await accepted(post(JOBS, good)(api));
  await accepted(post(`${JOBS}/${cancelled}/cancel`, '')(api));
  return { jobs: { queued, succeeded, failed, cancelled }, key, notFinite };
}

function playedEnd(job: Job): ReturnType<typeof playedResult> {
  const data = SamplingJobData.parse(job.data);
  if (data.request.metadata.fail !== true) return playedResult(data);
  throw new UnrecoverableError(encodeJobError({ code: 'backend_error', message: 'no device' }));
}

/** The id of what was made. @throws Error for a refusal */
async function accepted(sent: Promise<Answer>): Promise<string> {
  const answer = await sent;
  if (answer === undefined || answer.status >= 300) throw new Error(JSON.stringify(answer));
  const body: unknown = answer.body;
  return typeof body === 'object' && body !== null && 'id' in body ? String(body.id) : '';
}
