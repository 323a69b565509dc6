import type { Redis } from 'ioredis';

type Connection = Pick<Redis, 'disconnect' | 'status'>;

/**
 * From now on the connection ends when it is disconnected, in whatever state it is. ioredis only stops its
 * timer while it waits before it tries again: it would wait for ever, and with it whoever waits for its `end`.
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
