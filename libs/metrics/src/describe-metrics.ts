import type { Registry } from 'prom-client';

/** A markdown table of the project's own metrics in a registry, by name: the body of docs/metrics.md. */
export async function describeMetrics(registry: Registry): Promise<string> {
  const metrics = await registry.getMetricsAsJSON();
  const rows = metrics
    .filter(({ name }) => /^(stride|http)_/.test(name))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .map(({ name, type, help }) => `| \`${name}\` | ${String(type)} | ${labelsOf(registry, name)} | ${help} |`);
  return ['| name | type | labels | meaning |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function labelsOf(registry: Registry, name: string): string {
  const metric = registry.getSingleMetric(name);
  const labels: unknown = metric !== undefined && 'labelNames' in metric ? metric.labelNames : [];
  return Array.isArray(labels) ? labels.map((label) => `\`${String(label)}\``).join(', ') : '';
}
