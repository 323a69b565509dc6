import { describe, expect, it } from 'vitest';
import { isConnectionError, QueueUnavailableError, withDeadline } from './gated-queue.js';

const never = new Promise<never>(() => undefined);
const failsWith = (cause: Error) => withDeadline(Promise.reject(cause), 60_000);

describe('a call with a deadline', () => {
  it('gives what arrives in time', async () => {
    expect(await withDeadline(Promise.resolve(7), 60_000)).toBe(7);
  });

  it('ends as unavailable when nothing arrives, outcome unknown', async () => {
    await expect(withDeadline(never, 1)).rejects.toMatchObject({ code: 'queue_unavailable', retryAfterSeconds: 2 });
  });

  it.each([
    Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
    Object.assign(new Error('read'), { code: 'ECONNRESET' }),
    new Error('Connection is closed.'),
    new Error('Command timed out'),
    new Error("Stream isn't writeable and enableOfflineQueue options is false"),
    Object.assign(new Error('Reached the max retries per request limit'), { name: 'MaxRetriesPerRequestError' }),
  ])('ends as unavailable when the connection fails: $message', async (error) => {
    expect(isConnectionError(error)).toBe(true);
    await expect(failsWith(error)).rejects.toBeInstanceOf(QueueUnavailableError);
    await expect(failsWith(error)).rejects.toMatchObject({ cause: error });
  });

  it.each([new Error("OOM command not allowed when used memory > 'maxmemory'."), new TypeError('a bug')])(
    'passes on what is no matter of the connection: $message',
    async (error) => {
      expect(isConnectionError(error)).toBe(false);
      await expect(failsWith(error)).rejects.toBe(error);
    },
  );
});
