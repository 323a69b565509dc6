import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
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
  response: Response,
  { stream, bytes, sha256 }: Download,
  name: string,
): Promise<void> {
  const etag = `"${sha256}"`;
  response.set({
    'Content-Type': 'application/octet-stream',
    'Content-Length': String(bytes),
    'Content-Disposition': `attachment; filename="${name}"`,
    'Cache-Control': 'private, max-age=31536000, immutable',
    ETag: etag,
  });
  if (clientHas(response.req, etag)) {
    stream.destroy();
    response.status(304).end();
    return;
  }
  try {
    await pipeline(stream, response);
  } catch (error) {
    // The client went away: nobody is left to answer.
    if (!response.destroyed) throw error;
  }
}
