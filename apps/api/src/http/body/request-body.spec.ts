import { once } from 'node:events';
import { createServer, IncomingMessage, request } from 'node:http';
import { Socket, type AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { readBody, uploadChunks } from './request-body.js';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

/** What `receive` makes of a body that `send` writes over a real connection. */
async function exchange<Received>(
  receive: (incoming: IncomingMessage) => Promise<Received>,
  send: (outgoing: ReturnType<typeof request>) => void,
): Promise<Received> {
  return new Promise((resolve, reject) => {
    const server = createServer((incoming, response) => {
      receive(incoming)
        .then(resolve, reject)
        .finally(() => response.end());
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      const outgoing = request({ port, method: 'POST' });
      outgoing.on('error', () => undefined); // some tests cut the connection
      send(outgoing);
    });
    closing.push(() => (server.close(), server.closeAllConnections()));
  });
}

const collect = async (incoming: IncomingMessage, maxBytes: number) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of uploadChunks(incoming, maxBytes)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};
/** Node has no call for it without a flag. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
}

const coded = (code: string) => expect.objectContaining({ code });

describe('readBody', () => {
  it('gives the whole body, however it is cut', async () => {
    const body = await exchange(readBody, (outgoing) => {
      outgoing.write('{"a"');
      outgoing.end(':1}');
    });
    expect(body.toString()).toBe('{"a":1}');
  });

  it('gives what has come whole before it is asked for, unless it is too large', async () => {
    const whole = async (incoming: IncomingMessage) => {
      await expect.poll(() => incoming.complete).toBe(true);
      return readBody(incoming, 7);
    };
    expect((await exchange(whole, (outgoing) => outgoing.end('{"a":1}'))).toString()).toBe('{"a":1}');
    expect(await exchange(whole, (outgoing) => outgoing.end())).toHaveLength(0);
    const chunked = exchange(whole, (outgoing) => (outgoing.write('{"a":'), outgoing.end('12}')));
    await expect(chunked).rejects.toThrow(coded('payload_too_large'));
  });

  it('holds 256 MiB of bodies that still arrive at most, whoever sends them', async () => {
    const mebibyte = Buffer.alloc(1_048_576, 0x20);
    const arriving = () => {
      const incoming = new IncomingMessage(new Socket());
      incoming.push(mebibyte);
      return { incoming, body: readBody(incoming) };
    };
    const slow = Array.from({ length: 256 }, arriving);
    await setImmediate(); // what was pushed is read
    await expect(arriving().body).rejects.toThrow(coded('overloaded'));
    for (const { incoming } of slow) incoming.push(null);
    await Promise.all(slow.map(({ body }) => body));
    const { incoming, body } = arriving();
    incoming.push(null);
    expect(await body).toHaveLength(mebibyte.length);
  });

  it('refuses a body that is or says to be larger than 1 MiB', async () => {
    const large = exchange(readBody, (outgoing) => outgoing.end(Buffer.alloc(1_048_577, 0x20)));
    await expect(large).rejects.toThrow(coded('payload_too_large'));
    const declared = exchange(readBody, (outgoing) => {
      outgoing.setHeader('content-length', 2_000_000);
      outgoing.flushHeaders();
    });
    await expect(declared).rejects.toThrow(coded('payload_too_large'));
  });

  it('says when the client has gone away', async () => {
    const cut = exchange(readBody, (outgoing) => {
      outgoing.setHeader('content-length', 10);
      outgoing.write('{', () => outgoing.destroy());
    });
    await expect(cut).rejects.toThrow(coded('bad_request'));
  });
});

describe('uploadChunks', () => {
  it('holds no chunk that was taken', async () => {
    const held = await exchange(
      async (incoming) => {
        const taken: WeakRef<Uint8Array>[] = [];
        let alive = 0;
        for await (const chunk of uploadChunks(incoming, 2 ** 25)) {
          taken.push(new WeakRef(chunk));
          if (taken.length !== 60) continue;
          await setImmediate(); // a reference that was just made keeps its target until the turn ends
          collectGarbage();
          alive = taken.filter((reference) => reference.deref() !== undefined).length;
        }
        return { alive, isLong: taken.length > 60 };
      },
      (outgoing) => outgoing.end(Buffer.alloc(2 ** 24)),
    );
    expect(held.isLong).toBe(true);
    expect(held.alive).toBeLessThan(5);
  });

  it('gives every byte in order', async () => {
    const text = await exchange(
      (incoming) => collect(incoming, 10),
      (outgoing) => {
        outgoing.write('12345');
        outgoing.end('67890');
      },
    );
    expect(text).toBe('1234567890');
  });

  it('counts for itself when nobody has declared a length', async () => {
    const large = exchange(
      (incoming) => collect(incoming, 10),
      (outgoing) => {
        outgoing.write('123456');
        outgoing.end('789012');
      },
    );
    await expect(large).rejects.toThrow(coded('payload_too_large'));
  });

  it('leaves what comes after a refusal to whoever reads on', async () => {
    const rest = exchange(
      async (incoming) => {
        await collect(incoming, 10).catch(() => undefined);
        let bytes = 0;
        incoming.on('data', (chunk: Buffer) => (bytes += chunk.length));
        await once(incoming, 'end');
        return bytes;
      },
      (outgoing) => {
        outgoing.write('123456789012');
        outgoing.end(Buffer.alloc(1_000_000));
      },
    );
    expect(await rest).toBeGreaterThan(500_000);
  });

  it('says when the upload was cut off', async () => {
    const cut = exchange(
      (incoming) => collect(incoming, 100),
      (outgoing) => {
        outgoing.setHeader('content-length', 50);
        outgoing.write('123456', () => outgoing.destroy());
      },
    );
    await expect(cut).rejects.toThrow(coded('bad_request'));
  });
});
