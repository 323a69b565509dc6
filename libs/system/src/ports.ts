import { createServer } from 'node:net';

/** A port that was free a moment ago; whoever uses it must be ready to lose the race. */
export function freePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === 'object' && address) resolve(address.port);
        else reject(new Error(`no free port on ${host}`));
      });
    });
  });
}
