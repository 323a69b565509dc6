import { fileURLToPath } from 'node:url';

const deployed = (name: string): string =>
  fileURLToPath(new URL(`../../../../deploy/prometheus/${name}`, import.meta.url)); // from dist

/**
 * The configuration of a Prometheus that watches one system: the API, and whatever workers it knows.
 * @param urls of the metrics of each process of the API, without a path
 */
export function prometheusConfig(urls: readonly string[]): string {
  const [url = ''] = urls;
  const scheme = new URL(url).protocol.slice(0, -1);
  const targets = urls.map((each) => new URL(each).host);
  const http_sd_configs = [{ url: `${url}/v1/workers/targets`, refresh_interval: '5s' }];
  const config = {
    global: { scrape_interval: '5s', evaluation_interval: '15s' },
    rule_files: ['rules.yml', 'alerts.yml'].map(deployed),
    scrape_configs: [
      { job_name: 'stride-api', scheme, static_configs: [{ targets }] },
      { job_name: 'stride-worker', http_sd_configs },
    ],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`; // JSON is YAML
}
