import { fileURLToPath } from 'node:url';

const deployed = (name: string): string =>
  fileURLToPath(new URL(`../../../../deploy/prometheus/${name}`, import.meta.url)); // from dist

/**
 * The configuration of a Prometheus that watches one system: the API, and whatever workers it knows.
 * @param url of the API's metrics, without a path
 */
export function prometheusConfig(url: string): string {
  const { host, protocol } = new URL(url);
  const scheme = protocol.slice(0, -1);
  const http_sd_configs = [{ url: `${url}/v1/workers/targets`, refresh_interval: '5s' }];
  const config = {
    global: { scrape_interval: '5s', evaluation_interval: '15s' },
    rule_files: ['rules.yml', 'alerts.yml'].map(deployed),
    scrape_configs: [
      { job_name: 'stride-api', scheme, static_configs: [{ targets: [host] }] },
      { job_name: 'stride-worker', http_sd_configs },
    ],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`; // JSON is YAML
}
