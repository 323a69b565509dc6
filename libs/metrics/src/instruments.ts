import { Counter as PromCounter, Gauge as PromGauge, Histogram as PromHistogram, type Registry } from 'prom-client';

/** What an instrument is called, says, and is divided by; labels come from closed sets. */
interface InstrumentOptions<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: readonly Label[];
}

export type Exemplar = Readonly<Record<string, string>>;

type Labels<Label extends string> = Readonly<Partial<Record<Label, string>>>;

const REFUSED = 'stride_metric_values_refused_total';

/**
 * prom-client's instruments, which never throw: measuring must not end what is measured. A value that is no
 * finite number, or that would make a counter fall, is left out and counted in
 * `stride_metric_values_refused_total`.
 */
export class Counter<Label extends string = never> {
  readonly #counter: PromCounter;
  readonly #refuse: () => void;

  constructor(registry: Registry, options: InstrumentOptions<Label>) {
    this.#counter = new PromCounter({ ...prom(options), registers: [registry] });
    this.#refuse = refusal(registry, options.name);
  }

  inc(labels?: Labels<Label>, value = 1): void {
    if (Number.isFinite(value) && value >= 0) this.#counter.inc(labels ?? {}, value);
    else this.#refuse();
  }
}

export class Gauge<Label extends string = never> {
  readonly #gauge: PromGauge;
  readonly #refuse: () => void;

  /** @param options `collect` is called at every scrape, before the gauge is read */
  constructor(registry: Registry, options: InstrumentOptions<Label> & { readonly collect?: () => void }) {
    const { collect } = options;
    this.#gauge = new PromGauge({ ...prom(options), registers: [registry], ...(collect && { collect }) });
    this.#refuse = refusal(registry, options.name);
  }

  set(labels: Labels<Label>, value: number): void {
    if (Number.isFinite(value)) this.#gauge.set(labels, value);
    else this.#refuse();
  }

  remove(labels: Labels<Label>): void {
    this.#gauge.remove(labels);
  }

  /** Forgets all series. */
  reset(): void {
    this.#gauge.reset();
  }
}

export class Histogram<Label extends string = never> {
  readonly #histogram: PromHistogram;
  readonly #refuse: () => void;

  constructor(registry: Registry, options: InstrumentOptions<Label> & { readonly buckets: readonly number[] }) {
    const buckets = [...options.buckets];
    // entered afterwards: prom-client takes no exemplars where the text format is the usual one
    this.#histogram = new PromHistogram({ ...prom(options), buckets, registers: [], enableExemplars: true });
    registry.registerMetric(this.#histogram);
    this.#refuse = refusal(registry, options.name);
  }

  /** @param exemplarLabels what leads to this observation, such as a job's id: 128 characters at most */
  observe(labels: Labels<Label>, value: number, exemplarLabels: Exemplar = {}): void {
    if (Number.isFinite(value)) this.#histogram.observe({ labels, value, exemplarLabels });
    else this.#refuse();
  }
}

function prom({ name, help, labelNames = [] }: InstrumentOptions<string>): {
  name: string;
  help: string;
  labelNames: string[];
} {
  return { name, help, labelNames: [...labelNames] };
}

/** Counts a refused value of one metric; the registry has one counter for all of them. */
function refusal(registry: Registry, metric: string): () => void {
  const known = registry.getSingleMetric(REFUSED);
  const counter =
    known instanceof PromCounter
      ? known
      : new PromCounter({
          name: REFUSED,
          help: 'Values that were left out of a metric because they are no finite numbers',
          labelNames: ['metric'],
          registers: [registry],
        });
  return () => counter.inc({ metric });
}
