import { gzipSync } from 'node:zlib';
import { sendRaw } from '../raw-http.js';
import { good, head, JOBS, post, put, raw, send, type BadInput } from './bad-input.js';

export const protocol: readonly BadInput[] = [
  ['20 kB of headers', send('/v1/models', { headers: { 'x-large': 'x'.repeat(20_000) } }), 431, 'headers_too_large'],
  ['an unknown route', send('/v1/nothing'), 404, 'not_found'],
  ['an unknown route with a body', post('/v1/nothing', 'text', { 'content-type': 'text/plain' }), 404, 'not_found'],
  ['a method the route does not take', send(JOBS, { method: 'DELETE' }), 405, 'method_not_allowed'],
  ['text/plain', post(JOBS, '{}', { 'content-type': 'text/plain' }), 415, 'unsupported_media_type'],
  ['no media type', send(JOBS, { method: 'POST', body: Buffer.from('{}') }), 415, 'unsupported_media_type'],
  ['XML', post(JOBS, '<a/>', { 'content-type': 'application/xml' }), 415, 'unsupported_media_type'],
  [
    'multipart',
    post(JOBS, '--x--', { 'content-type': 'multipart/form-data; boundary=x' }),
    415,
    'unsupported_media_type',
  ],
  [
    'JSON where bytes are expected',
    put('/v1/artifacts', '{}', { 'content-type': 'application/json' }),
    415,
    'unsupported_media_type',
  ],
  [
    'a gzip body',
    send(JOBS, {
      method: 'POST',
      body: new Uint8Array(gzipSync(JSON.stringify(good))),
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    }),
    415,
    'unsupported_encoding',
  ],
  ['JSON of 1 MiB + 1', post(JOBS, `"${'x'.repeat(1_048_575)}"`), 413, 'payload_too_large'],
  [
    'chunked JSON of more than 1 MiB',
    (api) =>
      sendRaw(api.url, head('POST', JOBS, 'Transfer-Encoding: chunked'), `120000\r\n${'x'.repeat(0x120000)}\r\n`),
    413,
    'payload_too_large',
  ],
  [
    'Content-Length and Transfer-Encoding',
    raw(head('POST', JOBS, 'Content-Length: 2', 'Transfer-Encoding: chunked'), '{}'),
    400,
    'bad_request',
  ],
  ['two lengths', raw(head('POST', JOBS, 'Content-Length: 2', 'Content-Length: 3'), '{}'), 400, 'bad_request'],
  ['a length that is none', raw(head('POST', JOBS, 'Content-Length: two'), '{}'), 400, 'bad_request'],
  ['a request line that is none', raw('HELLO', '', ''), 400, 'bad_request'],
  ['a foreign Origin', send('/v1/models', { headers: { origin: 'https://evil.example' } }), 403, 'forbidden_origin'],
  ['a foreign Host', raw('GET /v1/models HTTP/1.1', 'Host: evil.example', '', ''), 403, 'forbidden_origin'],
  ['%2e%2e%2f in a name', send('/v1/models/%2e%2e%2fx'), 400, 'invalid_id'],
  ['%00 in a name', send('/v1/datasets/a%00b'), 400, 'invalid_id'],
  ['%zz in a name', send('/v1/datasets/%zz'), 400, 'invalid_id'],
  ['an empty path segment', send('/v1//models'), 404, 'not_found'],
  ['..;/ in a path', send('/v1/..;/models'), 404, 'not_found'],
  ['%E0%A4%A on the queue board', send('/queues/%E0%A4%A'), 400, 'invalid_id'],
  ['%E0%A4%A in a query of the queue board', send('/queues/%E0%A4%A/x?y=%E0%A4%A'), 400, 'invalid_id'],
  [
    'half a body for the queue board',
    (api) => sendRaw(api.url, head('POST', '/queues/api/queues', 'Content-Length: 9'), '{"a"'),
    405,
    'method_not_allowed',
  ],
  [
    'a GET with half a body',
    (api) => sendRaw(api.url, head('GET', '/queues/api/queues', 'Content-Length: 9'), '{"a"'),
    400,
    'bad_request',
  ],
  [
    'a GET with an endless body',
    (api) => sendRaw(api.url, head('GET', '/v1/models', 'Transfer-Encoding: chunked'), '1'),
    400,
    'bad_request',
  ],
  [
    'an Origin that only looks like a URL',
    (api) => {
      const [before, after] = head('GET', '/v1/models', 'Origin: http://evil.ee6?xample').split('?');
      return sendRaw(api.url, before ?? '', Uint8Array.of(0xec, 0xa2, 0x97), after ?? '');
    },
    403,
    'forbidden_origin',
  ],
];
