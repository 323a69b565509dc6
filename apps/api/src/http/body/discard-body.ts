import type { IncomingMessage } from 'node:http';

const MAX_BYTES = 8 * 1_024 * 1_024;
const MAX_MS = 5_000;

/**
 * Reads on after a refusal what the client is still sending, and throws it away. To close a connection with
 * bytes unread resets it: the client, in the middle of its sending, would then see the reset and not the
 * answer. Whoever sends on for too long is cut off all the same.
 */
export function discardBody(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  let bytes = 0;
  const cut = () => {
    request.pause();
    request.socket.destroySoon();
  };
  const timer = setTimeout(cut, MAX_MS);
  request.once('close', () => clearTimeout(timer));
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) cut();
  });
  request.resume(); // whoever refused it has paused it
}
