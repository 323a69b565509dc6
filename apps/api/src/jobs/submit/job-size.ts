import { HttpProblem } from '../../http/problem.js';

/** Bytes of a value inside a job's data, as BullMQ counts them for its `sizeLimit`: of JSON in UTF-8. */
export function jsonBytes(value: unknown): number {
  return value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value));
}

/**
 * Refuses what the queue could not take, before anything of it is stored.
 * @param parts what a client can make smaller, by field
 * @throws HttpProblem `limit_exceeded` naming the largest part
 */
export function requireRoomInJob(totalBytes: number, maxBytes: number, parts: Readonly<Record<string, unknown>>): void {
  if (totalBytes <= maxBytes) return;
  const sizes = Object.entries(parts).map(([path, value]) => ({ path, bytes: jsonBytes(value) }));
  const { path, bytes } = sizes.reduce((left, right) => (right.bytes > left.bytes ? right : left));
  const message = `takes ${bytes} bytes of JSON, and the whole job ${totalBytes}; at most ${maxBytes} fit into the queue`;
  throw new HttpProblem('limit_exceeded', `${path}: ${message}`, { errors: [{ path, message }] });
}
