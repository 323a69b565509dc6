import { job, post, send, training, vf, type BadInput } from './bad-input.js';

/** The same of both kinds of jobs. */
const ofJobs = (name: string, webhook: unknown, ...[status, code, path]: readonly [number, string, string?]) =>
  [
    [`${name}, of a sampling job`, job({ webhook }), status, code, path],
    [`${name}, of a training job`, training({ webhook }), status, code, path],
  ] satisfies BadInput[];

const INVALID = [
  '',
  'example.com',
  'http://example.com/',
  'ftp://example.com/',
  'https://user@example.com/',
  'https://:secret@example.com/',
  'https://example.com:22/',
  'https://example.com:80/',
];

const FORBIDDEN = [
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://[::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://169.254.169.254/latest/meta-data/',
  'https://localhost/',
  'https://LOCALHOST.:8443/',
  'https://redis/',
  'https://metadata.google.internal/',
];

export const webhooks: readonly BadInput[] = [
  ...ofJobs('a number as webhook', 5, ...vf('webhook')),
  ...ofJobs('a text as webhook', 'https://example.com/', ...vf('webhook')),
  ...ofJobs('a webhook without a URL', {}, ...vf('webhook.url')),
  ...ofJobs('a webhook with a number as URL', { url: 5 }, ...vf('webhook.url')),
  ...ofJobs('a webhook with a long URL', { url: `https://example.com/${'a'.repeat(2_048)}` }, ...vf('webhook.url')),
  ...ofJobs('a webhook for no event', { url: 'https://example.com/', events: [] }, ...vf('webhook.events')),
  ...ofJobs(
    'a webhook for an unknown event',
    { url: 'https://example.com/', events: ['started'] },
    ...vf('webhook.events.0'),
  ),
  ...ofJobs(
    'an unknown field of a webhook',
    { url: 'https://example.com/', secret: 'x' },
    422,
    'unknown_field',
    'webhook.secret',
  ),
  ...INVALID.flatMap((url) => ofJobs(`the webhook ${url || '""'}`, { url }, 422, 'invalid_webhook_url', 'webhook.url')),
  ...FORBIDDEN.flatMap((url) => ofJobs(`the webhook ${url}`, { url }, 422, 'webhook_address_forbidden', 'webhook.url')),
  ...ofJobs('a webhook that nothing could sign', { url: 'https://example.com/' }, 409, 'webhook_secret_missing'),
  ['the id of no delivery', post('/v1/webhook-deliveries/whk_1/redeliver', {}), 400, 'invalid_id'],
  [
    'the id of an unknown delivery',
    post(`/v1/webhook-deliveries/whk_smp_${'0'.repeat(26)}/redeliver`, {}),
    404,
    'not_found',
  ],
  ['a forged cursor of deliveries', send('/v1/webhook-deliveries?after=AAAA'), 400, 'invalid_cursor'],
  ['201 deliveries of a page', send('/v1/webhook-deliveries?limit=201'), ...vf('limit')],
  ['an overlap of a year', post('/v1/webhook-secret/rotate?overlapSeconds=31536000', {}), ...vf('overlapSeconds')],
];
