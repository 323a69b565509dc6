/** One line of a Prometheus exposition. */
export interface MetricSample {
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** What workers counted so far, all of them together. */
export interface EngineCounters {
  readonly samples: number;
  readonly rowSteps: number;
  /** Steps that took at most `le` seconds, by `le`, ascending; the last one is Infinity. */
  readonly stepSeconds: ReadonlyMap<number, number>;
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/** The samples of a text in Prometheus' exposition format. */
export function parseMetrics(text: string): readonly MetricSample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(LABEL)].map(([, label, content]): [string, string] => [label, content]);
    return [{ name, labels: new Map(pairs), value: value === '+Inf' ? Infinity : Number(value) }];
  });
}

/** The engine's counters in the samples of any number of workers. */
export function engineCounters(samples: readonly MetricSample[]): EngineCounters {
  const sum = (name: string, label?: string, content?: string) =>
    samples
      .filter((sample) => sample.name === name && (label === undefined || sample.labels.get(label) === content))
      .reduce((total, { value }) => total + value, 0);
  const buckets = new Map<number, number>();
  for (const { name, labels, value } of samples) {
    if (name !== 'stride_engine_step_duration_seconds_bucket') continue;
    const bound = labels.get('le') === '+Inf' ? Infinity : Number(labels.get('le'));
    buckets.set(bound, (buckets.get(bound) ?? 0) + value);
  }
  return {
    samples: sum('stride_samples_total', 'finish_reason', 'completed'),
    rowSteps: sum('stride_engine_row_steps_total'),
    stepSeconds: new Map([...buckets].sort(([a], [b]) => a - b)),
  };
}

/** What was counted between two looks. */
export function countedSince(before: EngineCounters, after: EngineCounters): EngineCounters {
  return {
    samples: after.samples - before.samples,
    rowSteps: after.rowSteps - before.rowSteps,
    stepSeconds: new Map(
      [...after.stepSeconds].map(([bound, count]) => [bound, count - (before.stepSeconds.get(bound) ?? 0)]),
    ),
  };
}

/**
 * The value below which a share of the observations lies, as Prometheus' histogram_quantile estimates it:
 * evenly spread within a bucket. Undefined when nothing was observed.
 */
export function histogramQuantile(quantile: number, buckets: ReadonlyMap<number, number>): number | undefined {
  const total = Math.max(0, ...buckets.values());
  if (total === 0) return undefined;
  const wanted = quantile * total;
  let lowerBound = 0;
  let below = 0;
  for (const [bound, count] of buckets) {
    if (count >= wanted && count > below) {
      if (bound === Infinity) return lowerBound;
      return lowerBound + ((bound - lowerBound) * (wanted - below)) / (count - below);
    }
    lowerBound = bound;
    below = count;
  }
  return lowerBound;
}
