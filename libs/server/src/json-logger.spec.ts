import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { JsonLogger } from './json-logger.js';

let lines: string[] = [];

beforeEach(() => {
  lines = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => lines.push(String(chunk)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const last = (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? 'null');

describe('a log line', () => {
  it('is one JSON object, whatever the message holds', () => {
    new JsonLogger('api').log('two\nlines', 'Context');
    expect(lines.join('')).toMatch(/^[^\n]+\n$/);
    expect(last()).toMatchObject({ level: 'log', role: 'api', context: 'Context', message: 'two\nlines' });
    expect(Date.parse(String(last()['time']))).not.toBeNaN();
  });

  it('says of an error where it came from and what caused it', () => {
    new JsonLogger('api').error(new Error('outer', { cause: new Error('inner') }), 'Context');
    expect(last()).toMatchObject({ message: 'outer', context: 'Context' });
    expect(last()['stack']).toMatch(/json-logger\.spec[\s\S]*inner/);
  });

  it('shows no payload that an error happens to carry', () => {
    const payload = 'x'.repeat(100_000);
    new JsonLogger('api').error(Object.assign(new Error('OOM'), { command: { args: [payload] } }));
    expect(lines.join('').length).toBeLessThan(10_000);
  });

  it('shows no command of a Redis error, which may hold a password, and no secret that it knows', () => {
    const refused = Object.assign(new Error('WRONGPASS'), { command: { name: 'hello', args: ['AUTH', 'hunter2'] } });
    const logger = new JsonLogger('api', 'log', ['s3cret%2F', 's3cret/']);
    for (const message of [refused, new Error('outer', { cause: refused }), new AggregateError([refused]), { refused }])
      logger.error(message);
    logger.error(String(refused), refused.stack, 'Context');
    expect(lines.join('')).not.toContain('hunter2');
    expect(lines.join('')).toContain('WRONGPASS');
    logger.error('cannot reach redis://:s3cret%2F@host, tried s3cret/');
    expect(last()['message']).toBe('cannot reach redis://:***@host, tried ***');
  });

  it('has the fields of a message that is an object with a message', () => {
    new JsonLogger('api').log({ requestId: 'req_1', status: 404, message: 'no such job' }, 'http');
    expect(last()).toMatchObject({ requestId: 'req_1', status: 404, message: 'no such job', context: 'http' });
  });

  it('survives a message that refers to itself', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    new JsonLogger('api').warn(circular);
    expect(last()['message']).toContain('Circular');
  });

  it('is left out below the lowest level that was asked for', () => {
    const logger = new JsonLogger('api');
    logger.debug('hidden');
    logger.setLogLevels(['warn']);
    logger.log('hidden');
    logger.error('shown');
    expect(lines).toHaveLength(1);
    new JsonLogger('api', 'error').warn('hidden');
    expect(lines).toHaveLength(1);
    logger.setLogLevels(['verbose']);
    logger.verbose('shown');
    expect(lines).toHaveLength(2);
  });
});
