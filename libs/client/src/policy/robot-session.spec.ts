import { once } from 'node:events';
import { Packr } from 'msgpackr';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer, type AddressInfo } from 'ws';
import { createStrideClient } from '../stride-client.js';
import { packMessage } from './pack-message.js';

const packr = new Packr({ mapsAsObjects: false, useRecords: false, int64AsType: 'number' });
/** [4,1] */
const PLAN = new Map<unknown, unknown>([
  ['__ndarray__', true],
  ['data', Buffer.from(Float32Array.of(0, 1, 2, 3).buffer)],
  ['dtype', '<f4'],
  ['shape', [4, 1]],
]);

describe('a session of a robot', () => {
  let server: WebSocketServer;
  /** What the observations said beside their numbers. */
  const heard: unknown[] = [];
  /** Observations that get no answer, by their number over all connections. */
  let unanswered: readonly number[] = [];
  beforeEach(async () => {
    heard.length = 0;
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    server.on('connection', (socket) => {
      let chunk = 0;
      socket.send(packMessage({ action_dim: 1 }));
      socket.on('message', (data: Buffer) => {
        const message: unknown = packr.unpack(data);
        heard.push(message instanceof Map ? message.get('stride') : undefined);
        if (!unanswered.includes(heard.length - 1)) socket.send(packr.pack({ actions: PLAN, chunk: chunk++ }));
      });
    });
  });
  afterEach(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  const open = () => {
    const { port } = server.address() as AddressInfo;
    return createStrideClient(`http://127.0.0.1:${port}`).policy('robot', { timeoutMs: 100 });
  };
  const stride = (fields: object) => new Map(Object.entries(fields));

  it('takes a connection without an answer for lost, and goes on with its plan in another one', async () => {
    unanswered = [1];
    const robot = open();
    await robot.infer({ state: [0] });
    robot.nextAction();
    const { chunk } = await robot.infer({ state: [0] }, { delay_steps: 2 });
    expect(chunk).toBe(0);
    expect(heard.slice(0, 2)).toEqual([new Map(), stride({ delay_steps: 2, executed_steps: 1, chunk: 0 })]);
    const { previous_actions: plan, ...others } = Object.fromEntries(heard[2] as Map<string, unknown>);
    expect(others).toEqual({ delay_steps: 2, executed_steps: 1 });
    expect(plan).toHaveProperty('size', 4);
    robot.close();
  });

  it('continues no plan that is used up, not wanted, or of a session that was closed', async () => {
    unanswered = [];
    const robot = open();
    await robot.infer({ state: [0] });
    await robot.infer({ state: [0] }, { isContinued: false });
    while (robot.nextAction() !== undefined);
    await robot.infer({ state: [0] });
    robot.close();
    await robot.infer({ state: [0] });
    expect(heard).toEqual([new Map(), new Map(), new Map(), new Map()]);
    robot.close();
  });
});
