import { Agent, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

const END = /^event: ?(?:succeeded|failed|cancelled)$/m;

/** Clients that each read the events of one job until it ends, over a connection of their own. */
export class Followers {
  private readonly agent = new Agent({ keepAlive: false });
  private readonly ends: Promise<boolean>[] = [];

  constructor(private readonly apiUrl: string) {}

  get size(): number {
    return this.ends.length;
  }

  /** Ends when the first event has come; whoever is refused for now comes back when it is told to. */
  async follow(jobId: string): Promise<void> {
    for (;;) {
      const waitSeconds = await this.tryToFollow(jobId);
      if (waitSeconds === undefined) return;
      await delay(waitSeconds * 1e3);
    }
  }

  /** @returns nothing, or after how many seconds to try again */
  private tryToFollow(jobId: string): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const request = get(`${this.apiUrl}/v1/sampling-jobs/${jobId}/events`, { agent: this.agent }, (response) => {
        let text = '';
        let ended = false;
        response.setEncoding('utf8').on('data', (piece: string) => {
          if (response.statusCode === 200) resolve(undefined);
          else if (response.statusCode === 503) resolve(Number(response.headers['retry-after']));
          else reject(new Error(`the events of ${jobId}: ${piece}`));
          // What can still become the line of an end.
          text = text.slice(-64) + piece;
          ended ||= END.test(text);
        });
        if (response.statusCode === 200)
          this.ends.push(new Promise((closed) => response.once('close', () => closed(ended))));
      });
      request.once('error', reject);
    });
  }

  /** How many streams were closed without the end of their job. */
  async missed(): Promise<number> {
    return (await Promise.all(this.ends)).filter((ended) => !ended).length;
  }

  close(): void {
    this.agent.destroy();
  }
}
