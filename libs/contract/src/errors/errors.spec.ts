import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JobErrorCode } from '../jobs/job-error.js';
import { ERRORS, explanationOf } from './errors.js';

const root = new URL('../../../../', import.meta.url).pathname;
const sources = ['apps/api/src', 'apps/worker/src', 'libs'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(
      (file) => /\/?src\/.*\.ts$|^(?!.*\/src\/).*\.ts$/.test(file) && !/spec|testing|contract\/src\/errors/.test(file),
    )
    .map((file) => ({ file: join(folder, file), text: readFileSync(join(root, folder, file), 'utf8') })),
);

/** Errors of the process itself and of threads, which no client meets under this code. */
const INSIDE = [
  'bit_exact_unavailable',
  'callback_failed',
  'checkpoint_not_stored',
  'connection_lost',
  'directory_in_use',
  'directory_unusable',
  'engine_failed',
  'engine_full',
  'invalid_config',
  'no_keys',
  'no_provider',
  'no_websocket',
  'port_in_use',
  'program_failed',
  'redis_missing',
  'redis_unusable',
  'shutdown',
  'training_hung',
  'training_thread_died',
  'unexpected_answer',
  'unknown_device',
  'unknown_provider',
];

describe('The codes of errors', () => {
  it('are all explained: every code that is thrown', () => {
    const thrown =
      /new (?:HttpProblem|\w*Error)\(\s*'(?<code>[a-z0-9]+(?:_[a-z0-9]+)+)'|(?:refusal|unauthorized)\('(?<refused>\w+)'/g;
    const codes = sources.flatMap(({ text }) =>
      [...text.matchAll(thrown)].map(({ groups }) => groups?.['code'] ?? groups?.['refused'] ?? ''),
    );
    expect(codes.length).toBeGreaterThan(150);
    const unexplained = [...new Set(codes)].filter((code) => explanationOf(code) === undefined);
    expect(unexplained.filter((code) => !INSIDE.includes(code))).toEqual([]);
  });

  it('are all explained: every code of the error of a job', () => {
    expect(JobErrorCode.options.filter((code) => explanationOf(code) === undefined)).toEqual([]);
  });

  it('are all used: no explanation outlives its code', () => {
    const text = sources.map((source) => source.text).join('\n');
    expect(Object.keys(ERRORS).filter((code) => !text.includes(`'${code}'`))).toEqual([]);
  });

  it.each(Object.entries(ERRORS))('%s says in sentences what is wrong, and what to do', (_code, { means, remedy }) => {
    for (const sentence of [means, remedy]) {
      expect(sentence).toMatch(/^[A-Z`].*\.$/);
      expect(sentence.length).toBeLessThan(160);
    }
  });

  it('have statuses of refusals', () => {
    for (const [code, explanation] of Object.entries(ERRORS))
      if ('status' in explanation) expect([4, 5], code).toContain(Math.floor(explanation.status / 100));
  });

  it('are not found under the names of other objects', () => {
    expect(explanationOf('toString')).toBeUndefined();
  });
});
