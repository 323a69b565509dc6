import type { IncomingMessage } from 'node:http';

const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;

/** The path that a request asks for, as it was sent: percent-encoded, and without query. */
export function pathOf({ url = '' }: Pick<IncomingMessage, 'url'>): string {
  const target = url.replace(ABSOLUTE_FORM, '');
  const end = target.search(/[?#]/);
  const path = end < 0 ? target : target.slice(0, end);
  return path === '' ? '/' : path;
}

/** The same as the router reads it, decoded; as it was sent where that is not possible. */
export function decodedPathOf(request: Pick<IncomingMessage, 'url'>): string {
  const path = pathOf(request);
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // no route takes it
  }
}
