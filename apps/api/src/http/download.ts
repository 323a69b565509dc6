import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyReply } from 'fastify';
import { clientHas } from './etag.js';

interface Download {
  readonly stream: Readable;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Streams stored bytes as a file that no browser will interpret; a disk fault half-way cuts the connection.
 */
export async function sendDownload(
  reply: FastifyReply,
  { stream, bytes, sha256 }: Download,
  name: string,
): Promise<void> {
  const etag = `"${sha256}"`;
  const { raw: response } = reply.hijack();
  response.setHeader('Content-Type', 'application/octet-stream');
  response.setHeader('Content-Length', String(bytes));
  response.setHeader('Content-Disposition', `attachment; filename="${name}"`);
  response.setHeader('Cache-Control', 'private, max-age=31536000, immutable');
  response.setHeader('ETag', etag);
  if (clientHas(reply.request, etag)) {
    stream.destroy();
    response.writeHead(304).end();
    return;
  }
  try {
    await pipeline(stream, response);
  } catch (error) {
    // The client went away: nobody is left to answer.
    if (!response.destroyed) throw error;
  }
}
