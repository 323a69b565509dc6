import { HttpSender } from './http-sender.js';
import { InferenceSender } from './inference-sender.js';
import type { LoadSize } from './job-mix.js';
import type { LoadTarget, Sender } from './sender.js';
import { SocketSender } from './socket-sender.js';

/** The ways in which a service takes jobs. */
export const PROTOCOLS = ['http', 'socket', 'oip'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

const SENDERS: Readonly<Record<Protocol, new (sizes: readonly LoadSize[], target: LoadTarget) => Sender>> = {
  http: HttpSender,
  socket: SocketSender,
  oip: InferenceSender,
};

export function createSender(protocol: Protocol, sizes: readonly LoadSize[], target: LoadTarget): Sender {
  return new SENDERS[protocol](sizes, target);
}
