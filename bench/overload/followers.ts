import { Agent, get } from 'node:http';

const END = /^event: ?(?:succeeded|failed|cancelled)$/m;

/** Clients that each read the events of one job until it ends, over a connection of their own. */
export class Followers {
  private readonly agent = new Agent({ keepAlive: false });
  private readonly ends: Promise<boolean>[] = [];

  constructor(private readonly apiUrl: string) {}

  get size(): number {
    return this.ends.length;
  }

  /** Ends when the first event has come. */
  follow(jobId: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = get(`${this.apiUrl}/v1/sampling-jobs/${jobId}/events`, { agent: this.agent }, (response) => {
        let text = '';
        let ended = false;
        response.setEncoding('utf8').on('data', (piece: string) => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`the events of ${jobId}: ${piece}`));
          // What can still become the line of an end.
          text = text.slice(-64) + piece;
          ended ||= END.test(text);
        });
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
