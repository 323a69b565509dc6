import { HttpProblem } from './problem.js';

/**
 * The SHA-256 in hex that a client says its body has, from `Content-Digest: sha-256=:BASE64:` (RFC 9530);
 * undefined without one.
 * @throws HttpProblem `bad_request` when the header cannot be read
 */
export function declaredSha256(header: string | readonly string[] | undefined): string | undefined {
  if (header === undefined) return undefined;
  const base64 = /(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):/.exec(String(header))?.[1];
  if (base64 === undefined) throw new HttpProblem('bad_request', 'Content-Digest must be sha-256=:BASE64:');
  return Buffer.from(base64, 'base64').toString('hex');
}
