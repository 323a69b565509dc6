import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { findProgram, freePort } from '#system';
import { root, TestProcess } from '../processes.js';

const Answer = z.object({
  status: z.literal('success'),
  data: z.object({
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});

const Exemplars = z.object({
  data: z.array(z.object({ exemplars: z.array(z.object({ labels: z.record(z.string(), z.string()) })) })),
});
/** As in docker-compose.yml. */
const EXEMPLARS = '--enable-feature=exemplar-storage';

/** Debian's package `prometheus` brings both. */
export const prometheusProgram = findProgram('prometheus');

/** A real Prometheus that scrapes these addresses twice a second, with the rules that are shipped. */
export class TestPrometheus {
  readonly #process: TestProcess;
  readonly #directory: string;
  readonly #url: string;

  private constructor(process: TestProcess, directory: string, url: string) {
    this.#process = process;
    this.#directory = directory;
    this.#url = url;
  }

  /**
   * @param jobs addresses (`host:port`) by scrape job, or the URL where Prometheus asks for them, the jobs'
   * names as in the shipped configuration
   */
  static async start(
    jobs: Readonly<Record<string, readonly string[] | { readonly http: string }>>,
  ): Promise<TestPrometheus> {
    const directory = mkdtempSync(join(tmpdir(), 'stride-prometheus-'));
    const config = {
      global: { scrape_interval: '500ms', scrape_timeout: '500ms', evaluation_interval: '1s' },
      rule_files: ['rules.yml', 'alerts.yml', 'former-names.yml'].map((file) => join(root, 'deploy/prometheus', file)),
      scrape_configs: Object.entries(jobs).map(([job, targets]) => ({
        job_name: job,
        ...('http' in targets
          ? { http_sd_configs: [{ url: targets.http, refresh_interval: '1s' }] }
          : { static_configs: [{ targets }] }),
      })),
    };
    const file = join(directory, 'prometheus.json'); // JSON is YAML
    writeFileSync(file, JSON.stringify(config));
    const address = `127.0.0.1:${await freePort()}`;
    const process = new TestProcess({
      name: 'prometheus',
      command: prometheusProgram,
      args: [
        `--config.file=${file}`,
        `--storage.tsdb.path=${directory}/data`,
        `--web.listen-address=${address}`,
        EXEMPLARS,
      ],
    });
    await process.untilLine((line) => (line.includes('Server is ready to receive web requests') ? true : undefined));
    return new TestPrometheus(process, directory, `http://${address}`);
  }

  /** The values of an instant query; NaN is one. @throws Error when Prometheus refuses the expression */
  async query(expr: string): Promise<number[]> {
    const response = await fetch(`${this.#url}/api/v1/query`, {
      method: 'POST',
      body: new URLSearchParams({ query: expr }),
    });
    const { data } = Answer.parse(await response.json());
    return data.result.map(({ value }) => Number(value[1]));
  }

  /** The labels of the exemplars that the last minute has of a series. */
  async exemplars(series: string): Promise<Record<string, string>[]> {
    const now = Date.now() / 1_000;
    const query = new URLSearchParams({ query: series, start: `${now - 60}`, end: `${now}` });
    const { data } = Exemplars.parse(
      await (await fetch(`${this.#url}/api/v1/query_exemplars?${String(query)}`)).json(),
    );
    return data.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels));
  }

  async stop(): Promise<void> {
    await this.#process.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
