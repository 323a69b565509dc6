/** What is said of a metric, and the sum of its values by their labels. */
interface Family {
  readonly comments: Set<string>;
  readonly values: Map<string, number>;
}

/**
 * Texts in Prometheus' format as one: one HELP and TYPE line per metric though each queue exports its own,
 * and one value where the queues of several shards have the same labels, their sum.
 */
export function mergedFamilies(texts: readonly string[]): string {
  const families = new Map<string, Family>();
  for (const line of texts.join('\n').split('\n')) {
    if (line === '') continue;
    const name = /^(?:# \w+ )?(\w+)/.exec(line)?.[1] ?? '';
    const family = families.get(name) ?? { comments: new Set(), values: new Map() };
    families.set(name, family);
    if (line.startsWith('#')) family.comments.add(line);
    else addValue(family, line);
  }
  return [...families.values()].flatMap(linesOf).join('');
}

function addValue({ values }: Family, line: string): void {
  const place = line.lastIndexOf(' ');
  const series = line.slice(0, place);
  values.set(series, (values.get(series) ?? 0) + Number(line.slice(place + 1)));
}

function linesOf({ comments, values }: Family): string[] {
  const series = [...values].map(([name, value]) => `${name} ${value}`);
  return [...comments, ...series].map((line) => `${line}\n`);
}
