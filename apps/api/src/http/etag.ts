import type { IncomingMessage } from 'node:http';

/**
 * Whether the client says, in If-None-Match, that it has the bytes of this strong validator (RFC 9110,
 * 13.1.2); also of clients that send Cache-Control: no-cache, as every fetch() with this header does.
 */
export function clientHas({ headers }: Pick<IncomingMessage, 'headers'>, etag: string): boolean {
  const known = headers['if-none-match']?.split(',') ?? [];
  return known.some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*');
}
