import { Registry } from 'prom-client';

/** All metrics of a process as Prometheus reads them. */
interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

const OPEN_METRICS = /(?:^|,)\s*application\/openmetrics-text\s*(?:;|,|$)/i;
const END = '# EOF\n';

/**
 * The metrics of a registry in the form that the scraper prefers: OpenMetrics, which Prometheus asks for and
 * which alone has exemplars, or the text format.
 * @param accept the header of the request
 * @param further families of others, in the text format
 */
export async function expose(registry: Registry, accept = '', further = ''): Promise<Exposition> {
  if (!OPEN_METRICS.test(accept))
    return { contentType: Registry.PROMETHEUS_CONTENT_TYPE, text: (await registry.metrics()) + further };
  const text = await openMetricsOf(registry);
  return {
    contentType: Registry.OPENMETRICS_CONTENT_TYPE,
    text: text.slice(0, -END.length) + asOpenMetrics(further) + END,
  };
}

/** prom-client takes the `_total` off the counters of such a registry for good: it gets stand-ins. */
function openMetricsOf(registry: Registry): Promise<string> {
  const standIn = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  standIn.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const metric of registry.getMetricsAsArray()) standIn.registerMetric(Object.create(metric));
  return standIn.metrics();
}

/** There a counter is described without its `_total`, and nothing stands between labels. */
function asOpenMetrics(text: string): string {
  return text.replaceAll(/^(# (?:HELP|TYPE) \w+?)_total /gm, '$1 ').replaceAll('", ', '",');
}
