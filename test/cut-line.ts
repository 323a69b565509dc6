import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A line to a server on this machine that can be cut and mended: what is sent meanwhile arrives once it is
 * mended, as after a partition that no connection noticed. It can also be slow, and lose its connections.
 */
export class CutLine {
  readonly #held: (() => void)[] = [];
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  #delay: ((passed: number) => number) | undefined;
  #passed = 0;

  private constructor(
    readonly port: number,
    private readonly server: Server,
  ) {}

  static async to(port: number): Promise<CutLine> {
    const server = createServer({ noDelay: true }); // else Nagle's wait adds 40 ms to pieces of one answer
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const line = new CutLine((server.address() as AddressInfo).port, server);
    server.on('connection', (near) => {
      const far = connect({ port, host: '127.0.0.1', noDelay: true });
      line.#forward(near, far);
      line.#forward(far, near);
    });
    return line;
  }

  cut(): void {
    this.#isCut = true;
  }

  mend(): void {
    this.#isCut = false;
    for (const send of this.#held.splice(0)) send();
  }

  /** @param delay milliseconds that the n-th piece takes, in each direction behind the one before it */
  delayBy(delay: ((passed: number) => number) | undefined): void {
    this.#delay = delay;
  }

  /** All connections are lost; new ones can be made. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  close(): void {
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #forward(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    let before = Promise.resolve();
    const pass = (send: () => void): void => {
      const delay = this.#delay?.(this.#passed++);
      const arrived = delay === undefined ? before : Promise.all([before, sleep(delay)]);
      before = arrived.then(() => this.#pass(send));
    };
    from.on('data', (bytes) => pass(() => to.write(bytes)));
    from.on('close', () => {
      this.#sockets.delete(from);
      pass(() => to.destroy());
    });
    from.on('error', () => undefined); // `close` follows
  }

  #pass(send: () => void): void {
    if (this.#isCut) this.#held.push(send);
    else send();
  }
}
