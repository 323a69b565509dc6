import { StrideError } from '#client';
import { PAGE_HEADERS, service } from '../../data/service.js';

/** A file that is under way. */
export interface Upload {
  /** Fulfilled once it is stored. Rejected with StrideError when it is refused or was cancelled. */
  readonly stored: Promise<void>;
  readonly cancel: () => void;
}

/**
 * Sends a file as a dataset. fetch does not say how much of a body has left; XMLHttpRequest does.
 * @param onProgress bytes that have left, and all of them
 */
export function sendFile(name: string, file: Blob, onProgress: (sent: number, total: number) => void): Upload {
  const request = new XMLHttpRequest();
  const stored = new Promise<void>((resolve, reject) => {
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(loaded, total));
    request.addEventListener('load', () => {
      if (request.status < 300) resolve();
      else reject(StrideError.fromBody(bodyOf(request.responseText), request.status));
    });
    request.addEventListener('error', () => reject(new TypeError('nobody answers')));
    request.addEventListener('abort', () => reject(new StrideError('cancelled', 'The upload was cancelled')));
  });
  request.open('PUT', `${service.baseUrl}/v1/datasets/${encodeURIComponent(name)}`);
  const headers = { 'Content-Type': 'application/octet-stream', ...PAGE_HEADERS };
  for (const [header, value] of Object.entries(headers)) request.setRequestHeader(header, value);
  request.send(file);
  return { stored, cancel: () => request.abort() };
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
