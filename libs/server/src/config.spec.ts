import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { formerNames, InvalidConfigError, loadConfig } from './config.js';
import { secretsIn } from './environment.js';

describe('loadConfig', () => {
  it('gives every variable its default', () => {
    const config = loadConfig(['REDIS_URL', 'STRIDE_QUEUES', 'STRIDE_PROVIDER', 'STRIDE_MAX_BATCH_ROWS'], {});
    expect(config).toEqual({
      REDIS_URL: 'redis://127.0.0.1:6379',
      STRIDE_QUEUES: ['sampling', 'training'],
      STRIDE_PROVIDER: [],
      STRIDE_MAX_BATCH_ROWS: undefined,
    });
  });

  it('lets loaded models take half of the memory that there is', () => {
    const { STRIDE_MODEL_MEMORY: bytes } = loadConfig(['STRIDE_MODEL_MEMORY'], {});
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(totalmem() / 2);
    expect(loadConfig(['STRIDE_MODEL_MEMORY'], { STRIDE_MODEL_MEMORY: '77' }).STRIDE_MODEL_MEMORY).toBe(77);
  });

  it('splits lists and reads numbers', () => {
    const source = { STRIDE_QUEUES: 'training', STRIDE_PROVIDER: 'webgpu, cpu', STRIDE_PORT: '0' };
    expect(loadConfig(['STRIDE_QUEUES', 'STRIDE_PROVIDER', 'STRIDE_PORT'], source)).toEqual({
      STRIDE_QUEUES: ['training'],
      STRIDE_PROVIDER: ['webgpu', 'cpu'],
      STRIDE_PORT: 0,
    });
  });

  it('names every wrong variable in one error', () => {
    const source = { REDIS_URL: 'http://x', STRIDE_MAX_BATCH_ROWS: 'eight', STRIDE_QUEUES: 'sampling,paint' };
    const load = () => loadConfig(['REDIS_URL', 'STRIDE_MAX_BATCH_ROWS', 'STRIDE_QUEUES'], source);
    expect(load).toThrow(InvalidConfigError);
    expect(load).toThrow(/REDIS_URL[\s\S]*STRIDE_MAX_BATCH_ROWS[\s\S]*eight[\s\S]*STRIDE_QUEUES/);
  });

  it('refuses an unknown STRIDE_ variable and says which one was probably meant', () => {
    expect(() => loadConfig(['STRIDE_PORT'], { STRIDE_PORTS: '3000' })).toThrow(
      'STRIDE_PORTS: unknown variable, did you mean STRIDE_PORT?',
    );
  });

  it.each(['', ' 3000', '0x10', '1e3', '3000.5', '-1', '65536', 'eight'])('takes no %j for a port', (text) => {
    const load = () => loadConfig(['STRIDE_PORT'], { STRIDE_PORT: text });
    expect(load).toThrow(`STRIDE_PORT: expected an integer from 0 to 65535, got "${text}"`);
  });

  it.each([
    ['no queue', { STRIDE_QUEUES: '' }],
    ['a queue twice', { STRIDE_QUEUES: 'sampling,sampling' }],
    ['an empty entry', { STRIDE_QUEUES: 'sampling,' }],
    ['an empty provider', { STRIDE_PROVIDER: 'cpu,' }],
    ['no host', { STRIDE_HOST: '' }],
    ['no batch', { STRIDE_MAX_BATCH_ROWS: '0' }],
    ['a store that nobody wrote', { STRIDE_ARTIFACTS: 'gopher://host/artifacts' }],
  ])('refuses %s', (_, source: NodeJS.ProcessEnv) => {
    const names = [
      'STRIDE_QUEUES',
      'STRIDE_PROVIDER',
      'STRIDE_HOST',
      'STRIDE_MAX_BATCH_ROWS',
      'STRIDE_ARTIFACTS',
    ] as const;
    expect(() => loadConfig(names, source)).toThrow(InvalidConfigError);
  });

  it('writes host names as browsers do, and a public URL without its last slash', () => {
    const source = {
      STRIDE_ALLOWED_HOSTS: 'A.example.com, 0:0::2,10.0.0.1,api_1',
      STRIDE_PUBLIC_URL: 'https://B.org/x/',
    };
    expect(loadConfig(['STRIDE_ALLOWED_HOSTS', 'STRIDE_PUBLIC_URL'], source)).toEqual({
      STRIDE_ALLOWED_HOSTS: ['a.example.com', '::2', '10.0.0.1', 'api_1'],
      STRIDE_PUBLIC_URL: 'https://b.org/x',
    });
  });

  it.each(['http://a.org', 'a.org:80', '*', 'a b', 'a,,b', '999.1.1.1', '[::1]'])(
    'takes no %j for host names',
    (text) => {
      const load = () => loadConfig(['STRIDE_ALLOWED_HOSTS'], { STRIDE_ALLOWED_HOSTS: text });
      expect(load).toThrow(/^STRIDE_ALLOWED_HOSTS: expected host names or addresses/);
    },
  );

  it.each(['a.org', 'ftp://a.org', 'https://u@a.org', 'https://a.org?b', 'https://a.org/#b', ''])(
    'takes no %j for a public URL',
    (text) => {
      const load = () => loadConfig(['STRIDE_PUBLIC_URL'], { STRIDE_PUBLIC_URL: text });
      expect(load).toThrow(/^STRIDE_PUBLIC_URL: expected a URL such as/);
    },
  );

  it('reads a variable under its former name, with a warning, unless the present one is given too', () => {
    const former = { STRIDE_ARTIFACT_ROOT: '/former' };
    const present = { STRIDE_ARTIFACTS: '/present' };
    expect(loadConfig(['STRIDE_ARTIFACTS'], former).STRIDE_ARTIFACTS).toBe('/former');
    expect(loadConfig(['STRIDE_ARTIFACTS'], { ...former, ...present }).STRIDE_ARTIFACTS).toBe('/present');
    expect(formerNames(former)).toEqual([
      expect.stringContaining('STRIDE_ARTIFACT_ROOT is called STRIDE_ARTIFACTS now'),
    ]);
    expect(formerNames(present)).toEqual([]);
    expect(() => loadConfig(['STRIDE_ARTIFACTS'], { STRIDE_ARTIFACT_ROOT: 'x://y' })).toThrow('STRIDE_ARTIFACTS');
  });

  it.each([
    ['2', 2],
    ['H200', ['H200']],
    ['cuda:0, cuda:2', ['cuda:0', 'cuda:2']],
  ])('takes STRIDE_DEVICES=%s for a number or names', (text, devices) => {
    expect(loadConfig(['STRIDE_DEVICES'], { STRIDE_DEVICES: text }).STRIDE_DEVICES).toEqual(devices);
  });

  it.each(['0', '', 'a,'])('takes no STRIDE_DEVICES=%j', (text) => {
    expect(() => loadConfig(['STRIDE_DEVICES'], { STRIDE_DEVICES: text })).toThrow(/^STRIDE_DEVICES: expected/);
  });

  it('keeps a password out of its error', () => {
    const load = () => loadConfig(['REDIS_URL'], { REDIS_URL: 'redis//stride:secret@host' });
    expect(load).toThrow(/REDIS_URL/);
    expect(load).not.toThrow(/secret/);
  });

  it('names variables that belong to nobody here, without a wild guess, and lets those of clients be', () => {
    expect(() => loadConfig([], { STRIDE_COFFEE_MACHINE: 'on' })).toThrow(/^STRIDE_COFFEE_MACHINE: unknown variable$/);
    expect(loadConfig([], { STRIDE_URL: 'http://x', STRIDE_API_KEY: 'k', PATH: '/bin' })).toEqual({});
  });

  it('cannot be changed afterwards', () => {
    expect(Object.isFrozen(loadConfig(['STRIDE_HOST'], {}))).toBe(true);
  });
});

describe('the secrets of an environment', () => {
  it.each([
    ['redis://:p%40ss%2Fword@host:6379', ['p%40ss%2Fword', 'p@ss/word']],
    ['redis://user:password@host', ['password']],
    ['nonsense://a:password@no port:x', ['password']],
    ['redis://host', []],
    ['redis://:abc@host', []],
    [undefined, []],
  ])('are the passwords in %s', (url, expected) => {
    expect(secretsIn({ REDIS_URL: url })).toEqual(expected);
  });
});
