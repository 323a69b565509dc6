import { answerOf, good, job, JOBS, training, type BadInput, type Prepared } from './bad-input.js';

const resultOf =
  (end: keyof Prepared['jobs']): BadInput[1] =>
  async (api, { jobs }) =>
    answerOf(await api.fetch(`${JOBS}/${jobs[end]}/result`));

/** What contradicts what there is: jobs, models in the making, keys that are taken. */
export const states: readonly BadInput[] = [
  ['sampling from a model that is still being trained', job({ model: 'later' }), 409, 'model_not_ready'],
  [
    'training that starts from weights of other sizes',
    training({ initFrom: 'wide' }),
    409,
    'checkpoint_mismatch',
    'initFrom',
  ],
  [
    'an artifact of observations with NaN',
    (api, { notFinite }) => job({ observations: { artifact: notFinite } })(api),
    422,
    'non_finite_input',
    'observations',
  ],
  [
    'another request with a key that is taken',
    async (api, { key }) => answerOf(await api.post(JOBS, { ...good, seed: 1 }, { 'idempotency-key': key })),
    422,
    'idempotency_key_reused',
  ],
  [
    'cancelling a job that has succeeded',
    async (api, { jobs }) => answerOf(await api.post(`${JOBS}/${jobs.succeeded}/cancel`, '')),
    409,
    'job_finished',
  ],
  ['the result of a job that has not ended', resultOf('queued'), 409, 'job_not_finished'],
  ['the result of a job that has failed', resultOf('failed'), 409, 'job_failed'],
  ['the result of a job that was cancelled', resultOf('cancelled'), 409, 'job_cancelled'],
];
