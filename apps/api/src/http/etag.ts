import type { Request } from 'express';

/**
 * Whether the client says, in If-None-Match, that it has the bytes of this strong validator (RFC 9110,
 * 13.1.2). Express' own `fresh` would not believe clients that also send Cache-Control: no-cache, as every
 * fetch() with this header does.
 */
export function clientHas(request: Request, etag: string): boolean {
  const known = request.get('if-none-match')?.split(',') ?? [];
  return known.some((tag) => tag.trim().replace(/^W\//, '') === etag || tag.trim() === '*');
}
