import { newJobId } from '#contract';
import { sendRaw } from '../raw-http.js';
import { artifactId, good, head, JOBS, post, put, send, vf, type BadInput } from './bad-input.js';

export const ids: readonly BadInput[] = [
  ...['123', 'a:b', '0:1', 'x'.repeat(10_000), '%F0%9F%98%80', newJobId('training')].map((id): BadInput => [
    `the job id ${id.slice(0, 40)}`,
    send(`${JOBS}/${id}`),
    400,
    'invalid_id',
  ]),
  ...['..%2fx', 'x'.repeat(10_000), '%F0%9F%98%80'].flatMap((name): BadInput[] => [
    [`the model name ${name.slice(0, 40)}`, send(`/v1/models/${name}`), 400, 'invalid_id'],
    [`the dataset name ${name.slice(0, 40)}`, put(`/v1/datasets/${name}`, 'x'), 400, 'invalid_id'],
  ]),
  ['a model name in capitals', send('/v1/models/Tiny'), 400, 'invalid_id'],
  ['a version 0', send('/v1/models/tiny/versions/0'), 400, 'invalid_id'],
  [
    'an alias that is a number',
    put('/v1/models/tiny/aliases/3', '{"version":1}', { 'content-type': 'application/json' }),
    400,
    'invalid_id',
  ],
  [
    'null as the version of an alias',
    put('/v1/models/tiny/aliases/best', '{"version":null}', { 'content-type': 'application/json' }),
    ...vf('version'),
  ],
  ['an artifact id that is a path', send('/v1/artifacts/..%2f..%2fetc'), 400, 'invalid_id'],
  ['a job that does not exist', send(`${JOBS}/${newJobId('sampling')}`), 404, 'not_found'],
  ['events of a job that does not exist', send(`${JOBS}/${newJobId('sampling')}/events`), 404, 'not_found'],
  ['the result of a job that does not exist', send(`${JOBS}/${newJobId('sampling')}/result`), 404, 'not_found'],
  [
    'cancelling a job that does not exist',
    send(`${JOBS}/${newJobId('sampling')}/cancel`, { method: 'POST' }),
    404,
    'not_found',
  ],
  ['an artifact that does not exist', send(`/v1/artifacts/${artifactId}`), 404, 'artifact_not_found'],
  ['a dataset that does not exist', send('/v1/datasets/nobody'), 404, 'dataset_not_found'],
  ['statistics of a dataset that does not exist', send('/v1/datasets/nobody/statistics'), 404, 'dataset_not_found'],
  ['rows of a dataset that does not exist', send('/v1/datasets/nobody/rows'), 404, 'dataset_not_found'],
  ['rows of a dataset in capitals', send('/v1/datasets/Pairs/rows'), 400, 'invalid_id'],
  ['rows before the first', send('/v1/datasets/pairs/rows?first=-1'), ...vf('first')],
  ['rows behind the last', send('/v1/datasets/pairs/rows?first=8'), ...vf('first')],
  ['no rows', send('/v1/datasets/pairs/rows?count=0'), ...vf('count')],
  ['more rows than an answer has', send('/v1/datasets/pairs/rows?count=1025'), ...vf('count')],
  ['rows by another word', send('/v1/datasets/pairs/rows?limit=1'), 422, 'unknown_field', 'limit'],
  ['rows that are too long for an answer', send('/v1/datasets/wide/rows'), 422, 'limit_exceeded'],
  ['a model that does not exist', send('/v1/models/nobody'), 404, 'model_not_found'],
  [
    'an empty Idempotency-Key',
    (api) => {
      const body = JSON.stringify(good);
      return sendRaw(api.url, head('POST', JOBS, `Content-Length: ${body.length}`, 'Idempotency-Key: '), body);
    },
    400,
    'invalid_idempotency_key',
  ],
  [
    'an Idempotency-Key of 256 characters',
    post(JOBS, good, { 'idempotency-key': 'x'.repeat(256) }),
    400,
    'invalid_idempotency_key',
  ],
  [
    'an Idempotency-Key with a control character',
    (api) => {
      const body = JSON.stringify(good);
      return sendRaw(api.url, head('POST', JOBS, `Content-Length: ${body.length}`, 'Idempotency-Key: a\tb'), body);
    },
    400,
    'invalid_idempotency_key',
  ],
  ['an Idempotency-Key with a space', post(JOBS, good, { 'idempotency-key': 'a b' }), 400, 'invalid_idempotency_key'],
  ['a forged cursor', send(`${JOBS}?after=${Buffer.from('smp_0').toString('base64url')}`), 400, 'invalid_cursor'],
  [
    'a forged Last-Event-ID',
    send(`${JOBS}/${newJobId('sampling')}/events`, { headers: { 'last-event-id': 'x' } }),
    400,
    'invalid_cursor',
  ],
  ...['18446744073709551616-0', '18446744073709551615-18446744073709551615', '-1-0'].map((id): BadInput => [
    `Last-Event-ID ${id}`,
    send(`${JOBS}/${newJobId('sampling')}/events`, { headers: { 'last-event-id': id } }),
    400,
    'invalid_cursor',
  ]),
  ...['0', '-1', '1000000', 'x'].map((value): BadInput => [
    `limit ${value}`,
    send(`${JOBS}?limit=${value}`),
    ...vf('limit'),
  ]),
  ['an unknown status', send(`${JOBS}?status=done`), ...vf('status')],
  ['an unknown query parameter', send(`${JOBS}?stat=queued`), 422, 'unknown_field', 'stat'],
];
