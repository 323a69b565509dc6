import { describe, expect, it } from 'vitest';
import { parseRedisUrl } from './redis-url.js';

const node = (host: string, port = 6379) => ({ host, port });
const server = { kind: 'server', node: node('h') };

describe('An address of Redis', () => {
  it.each([
    ['redis://h', { isEncrypted: false, user: undefined, password: undefined, database: 0, topology: server }],
    ['rediss://u:p@h/3', { isEncrypted: true, user: 'u', password: 'p', database: 3, topology: server }],
    ['redis://:p%40%2F:x@h', { user: undefined, password: 'p@/:x' }],
    ['redis://u:a@b@h', { user: 'u', password: 'a@b', topology: server }],
    ['redis://[::1]:7000/', { topology: { kind: 'server', node: node('::1', 7000) } }],
    [
      'rediss+sentinel://u:p@a,b:5/my-master/2',
      {
        isEncrypted: true,
        database: 2,
        topology: { kind: 'sentinel', nodes: [node('a', 26_379), node('b', 5)], master: 'my-master' },
      },
    ],
    ['redis+cluster://a:7000,b', { database: 0, topology: { kind: 'cluster', nodes: [node('a', 7000), node('b')] } }],
  ])('%s is understood', (url, expected) => {
    expect(parseRedisUrl(url)).toMatchObject(expected);
  });

  it.each([
    ['redis://h?sentinel=mymaster', '"sentinel" is no parameter'],
    ['redis://h/0?family=6&db=2', '"family" is no parameter'],
    ['redis://h?', 'parameters are none'],
    ['redis://h#x', 'parameters are none'],
    ['redis://a,b', 'several hosts need'],
    ['redis+sentinel://a', 'the name of the master'],
    ['redis+sentinel://a/m/x', 'number of a database'],
    ['redis+cluster://a/1', 'database 0 alone'],
    ['redis://h/one', 'number of a database'],
    ['redis://h/1/2', 'number of a database'],
    ['redis://', 'host or host:port'],
    ['redis://h:0', 'host or host:port'],
    ['redis://h:99999', 'host or host:port'],
    ['redis://::1', 'host or host:port'],
    ['redis://%zz:secret@h', 'percent-encoding'],
    ['valkey://h', 'expected redis://'],
    ['redis//u:secret@h', 'expected redis://'],
    ['redis://u:sec/ret@h', 'host or host:port'],
  ])('%s is refused, in words and without what may be secret', (url, words) => {
    const parsed = parseRedisUrl(url);
    expect(parsed).toEqual({ problem: expect.stringContaining(words) });
    expect(JSON.stringify(parsed)).not.toMatch(/secret|sec\/|ret@/);
  });
});
