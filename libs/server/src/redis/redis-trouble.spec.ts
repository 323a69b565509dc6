import { describe, expect, it } from 'vitest';
import { ClosedUnheardError, redisTrouble } from './redis-trouble.js';

const failed = (code: string, more: object = {}) => Object.assign(new Error(`connect ${code}`), { code, ...more });
const plain = { tls: undefined, phase: 'connecting' } as const;

describe('What is wrong with Redis', () => {
  it.each([
    [failed('ENOTFOUND', { hostname: 'redis.example' }), /host name redis\.example is not found/],
    [failed('ECONNREFUSED', { address: '10.0.0.1', port: 6379 }), /nothing listens at 10\.0\.0\.1:6379/],
    [failed('ETIMEDOUT'), /no answer in time/],
    [new AggregateError([failed('ECONNREFUSED', { address: '::1', port: 1 })]), /nothing listens at ::1:1/],
    [new Error('WRONGPASS invalid username-password pair'), /refuses this user or password/],
    [new Error('NOAUTH Authentication required.'), /asks for a password/],
    [new Error("NOPERM this user has no permissions to run the 'info' command"), /rules let this user not/],
    [new Error('DENIED Redis is running in protected mode'), /protected mode/],
    [failed('CERT_HAS_EXPIRED'), /certificate has expired/],
    [failed('SELF_SIGNED_CERT_IN_CHAIN'), /trusts the authority.*STRIDE_REDIS_CA/],
    [failed('ERR_TLS_CERT_ALTNAME_INVALID'), /for another host/],
    [failed('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), /asks for a client certificate/],
    [failed('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), /refuses the client certificate/],
    [failed('ERR_SSL_WRONG_VERSION_NUMBER'), /speaks no TLS/],
    [new Error('something else'), /^something else$/],
  ])('is said in words: %s', (error, words) => {
    expect(redisTrouble(error, plain)).toMatch(words);
  });

  it('is guessed from how far a connection came that is closed without a word', () => {
    const closed = new ClosedUnheardError();
    const tls = {};
    expect(redisTrouble(closed, { tls: undefined, phase: 'greeting' })).toMatch(/may want TLS/);
    expect(redisTrouble(closed, { tls, phase: 'connecting' })).toMatch(/may speak no TLS/);
    expect(redisTrouble(closed, { tls, phase: 'greeting' })).toMatch(/asks for a client certificate/);
    expect(redisTrouble(closed, { tls: { cert: 'c' }, phase: 'greeting' })).toMatch(/refuses the client certificate/);
    expect(redisTrouble(closed, { tls: undefined, phase: 'ready' })).toMatch(/connection is lost/);
  });
});
