import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { arrayValue, encodeMessage } from '#storage';
import { WebSocket } from 'ws';

/** What came of a robot's observations. */
export interface RobotRun {
  /** From when each observation was due until its plan was there, of those that got one. */
  readonly latencies: number[];
  /** By how much each observation was sent late, which is the robot's fault and part of its latency. */
  readonly lateness: number[];
  /** Observations that a newer one took the place of before they had a plan. */
  superseded: number;
}

/** A robot that sends an observation whenever one is due, whether it has had the last plan or not. */
export class Robot {
  private readonly due: number[] = [];
  private run: RobotRun = { latencies: [], lateness: [], superseded: 0 };
  private readonly frame: Buffer;

  private constructor(
    private readonly socket: WebSocket,
    obsSize: number,
  ) {
    const data = new Float32Array(obsSize).fill(0.5);
    this.frame = encodeMessage({ observation: arrayValue({ dtype: 'float32', shape: [obsSize], data }) });
    socket.on('message', (reply: Buffer, isBinary) => this.heard(reply, isBinary));
  }

  static async connect(url: string, obsSize: number): Promise<Robot> {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), { perMessageDeflate: false });
    await once(socket, 'message'); // the greeting
    return new Robot(socket, obsSize);
  }

  /** @param firstAt in ms of performance.now(), as everything here */
  async drive({ firstAt, periodMs, until }: { firstAt: number; periodMs: number; until: number }): Promise<RobotRun> {
    this.run = { latencies: [], lateness: [], superseded: 0 };
    for (let at = firstAt; at < until; at += periodMs) {
      await sleep(Math.max(0, Math.ceil(at - performance.now())));
      this.due.push(at);
      this.run.lateness.push(performance.now() - at);
      this.socket.send(this.frame);
    }
    while (this.due.length > 0) await once(this.socket, 'message');
    return this.run;
  }

  close(): void {
    this.socket.terminate();
  }

  private heard(reply: Buffer, isBinary: boolean): void {
    if (!isBinary) throw new Error(`a robot was refused: ${reply.toString()}`);
    const dueAt = this.due.shift() ?? 0;
    if (reply.includes('superseded')) this.run.superseded += 1;
    else this.run.latencies.push(performance.now() - dueAt);
  }
}
