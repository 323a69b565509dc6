import type { Redis } from 'ioredis';

type Connection = Pick<Redis, 'disconnect' | 'status'>;

/**
 * From now on the connection ends when it is disconnected, in whatever state it is. While ioredis waits
 * before it tries again, it only stops its timer: it would wait for ever, and with it whoever waits for its
 * `end`.
 */
export function endable<Given extends Connection>(connection: Given): Given {
  const disconnect = connection.disconnect.bind(connection);
  connection.disconnect = (reconnect) => {
    // as one that was never connected, which ends at once
    if (reconnect !== true && connection.status === 'reconnecting') connection.status = 'wait';
    disconnect(reconnect);
  };
  return connection;
}
