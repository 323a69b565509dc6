import { describe, expect, it } from 'vitest';
import { HttpProblem } from '../http/problem.js';
import { ReceiverRules } from './receiver-rules.js';

const open = new ReceiverRules([]);
const codeOf = (rules: ReceiverRules, url: string): string => {
  try {
    rules.parse(url);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    expect(error.status).toBe(422);
    return error.code;
  }
};

describe('The URL of a receiver', () => {
  it.each([
    'https://example.com',
    'https://example.com:8443/a?b=c',
    'https://EXAMPLE.com.:443/',
    'https://xn--bcher-kva.example/',
  ])('may be %s', (url) => expect(codeOf(open, url)).toBe('accepted'));

  it.each([
    '',
    'example.com',
    'http://example.com',
    'ftp://example.com',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'https://user@example.com',
    'https://:secret@example.com',
    'https://example.com:22',
    'https://example.com:80',
    'https://example.com:65536',
    'https://exa mple.com',
  ])('is no receiver as %j', (url) => expect(codeOf(open, url)).toBe('invalid_webhook_url'));

  it.each([
    'https://127.0.0.1/',
    'https://127.1/',
    'https://127.0.0.1./',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0x7f.0.0.1/',
    'https://0177.0.0.1/',
    'https://１２７.０.０.１/',
    'https://%31%32%37.0.0.1/',
    'https://0/',
    'https://169.254.169.254/latest/meta-data/',
    'https://8.8.8.8/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]:8443/',
    'https://[fd00:ec2::254]/',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://a.localhost/',
    'https://redis/',
    'https://metadata.google.internal/',
    'https://printer.local/',
  ])('is forbidden as %s', (url) => expect(codeOf(open, url)).toBe('webhook_address_forbidden'));

  it('may be a private one that the operator names, on the port that he names', () => {
    const rules = new ReceiverRules(['hooks.internal', 'localhost:9443', 'localhost:9444', '10.1.0.0/16', 'fd12::/16']);
    expect(codeOf(rules, 'https://hooks.internal/')).toBe('accepted');
    expect(codeOf(rules, 'https://hooks.internal:9443/')).toBe('invalid_webhook_url');
    expect(codeOf(rules, 'https://localhost:9443/')).toBe('accepted');
    expect(codeOf(rules, 'https://localhost:9444/')).toBe('accepted');
    expect(codeOf(rules, 'https://other.internal/')).toBe('webhook_address_forbidden');
    expect(codeOf(rules, 'https://10.1.2.3/')).toBe('webhook_address_forbidden');
    expect(codeOf(rules, 'http://hooks.internal/')).toBe('invalid_webhook_url');
    expect(
      ['10.1.255.255', 'fd12::1', '10.2.0.1', 'fd13::1', '8.8.8.8'].map((address) => rules.allows(address)),
    ).toEqual([true, true, false, false, true]);
    expect([rules.trusts('localhost'), rules.trusts('example.com')]).toEqual([true, false]);
  });
});
