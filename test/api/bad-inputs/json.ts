import { artifactId, good, job, JOBS, nested, post, send, vf, type BadInput } from './bad-input.js';

export const json: readonly BadInput[] = [
  ['an empty body', post(JOBS, ''), 400, 'invalid_json'],
  ['null', post(JOBS, 'null'), ...vf('')],
  ['a list', post(JOBS, '[]'), ...vf('')],
  ['a string', post(JOBS, '"x"'), ...vf('')],
  ['a number', post(JOBS, '42'), ...vf('')],
  ['truncated JSON', post(JOBS, '{"model":"tiny"'), 400, 'invalid_json'],
  ['a trailing comma', post(JOBS, '{"model":"tiny",}'), 400, 'invalid_json'],
  ['a byte order mark', post(JOBS, '\ufeff{}'), 400, 'invalid_json'],
  [
    'bad UTF-8',
    send(JOBS, {
      method: 'POST',
      body: Uint8Array.of(0x22, 0xff, 0x22),
      headers: { 'content-type': 'application/json' },
    }),
    400,
    'invalid_json',
  ],
  ['10,000 levels', post(JOBS, nested(10_000)), 400, 'invalid_json'],
  ['a name given twice', post(JOBS, '{"model":"a","model":"tiny"}'), 400, 'invalid_json'],
  ['__proto__', post(JOBS, '{"model":"tiny","__proto__":{"admin":true}}'), 422, 'unknown_field', '__proto__'],
  [
    'constructor.prototype',
    post(JOBS, { ...good, constructor: { prototype: {} } }),
    422,
    'unknown_field',
    'constructor',
  ],
  ['an unknown field', job({ steps: 10 }), 422, 'unknown_field', 'steps'],
  ['an unknown field of a tensor', job({ observations: { artifact: artifactId, x: 1 } }), 422, 'unknown_field'],
  ['a string for a number', job({ numInferenceSteps: '50' }), ...vf('numInferenceSteps')],
  ['1 for a boolean', job({ clipSample: 1 }), ...vf('clipSample')],
  ['a NaN literal', post(JOBS, '{"model":"tiny","eta":NaN}'), 400, 'invalid_json'],
  ['an Infinity literal', post(JOBS, '{"model":"tiny","eta":Infinity}'), 400, 'invalid_json'],
  ['1e400', post(JOBS, '{"model":"tiny","observations":[[1,2,3]],"eta":1e400}'), ...vf('eta')],
];
