import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { StrideError } from '#client';
import { ERRORS } from '#contract';
import { DdimError } from '#ddim';
import { CommandError, UsageError } from './cli-error.js';
import { errorMessage } from './error-message.js';
import { LOCAL_ERRORS, remedyFor } from './remedies.js';

const root = new URL('../../../../', import.meta.url);
const LOCAL = ['apps/cli/src', 'libs/client/src', 'libs/system/src', 'libs/server/src', 'libs/storage/src'];
const sources = LOCAL.flatMap((folder) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('spec.ts'))
    .map((file) => readFileSync(new URL(`${folder}/${file}`, root), 'utf8')),
);

describe('Every error of the command line', () => {
  it.each(Object.keys({ ...ERRORS, ...LOCAL_ERRORS }))('%s says what to do next', (code) => {
    const remedy = remedyFor(code);
    expect(remedy).toMatch(/^[A-Z`].*\.$/);
    for (const error of [new StrideError(code, 'no', 422), new DdimError(code, 'no'), new CommandError('no', code)])
      expect(errorMessage(error).split('\n')).toEqual([expect.stringMatching(/^error: no/), remedy]);
  });

  it('is covered: the programs here throw no other codes', () => {
    const thrown = /new (?:StrideError|SystemError|InvalidConfigError|StorageError|InputError)\(\s*'(?<code>\w+)'/g;
    const codes = sources.flatMap((text) => [...text.matchAll(thrown)].map(({ groups }) => groups?.['code'] ?? ''));
    expect(codes.length).toBeGreaterThan(40);
    expect([...new Set(codes)].filter((code) => remedyFor(code) === undefined)).toEqual([]);
  });

  it('of wrong usage points to the help', () => {
    expect(errorMessage(new UsageError('which model?'))).toBe('error: which model?\n(--help says more)');
  });

  it('of a service that is away says how to start it and where it was looked for', () => {
    const error = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:3000') });
    expect(errorMessage(error)).toMatch(/ECONNREFUSED 127.0.0.1:3000\)\n.*`stride up`.*--url/);
  });

  it('of an unknown code has its message alone, and one without a code asks for a report', () => {
    expect(errorMessage(new StrideError('from_the_future', 'no'))).toBe('error: no (from_the_future)');
    expect(errorMessage(new Error('boom'))).toContain('please report it');
  });
});
