import type { ComponentChildren } from 'preact';

/** One thing that is known: its name, what it is, and the field of the API behind it. */
export interface Fact {
  readonly name: string;
  readonly value: ComponentChildren;
  readonly metric?: string;
}

/** Names and values below each other. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl class="facts">
      {facts.map(({ name, value, metric }) => (
        <div key={metric ?? name} title={metric}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The fields of an object of the API as facts, those of objects within it among them. */
export function factsOf(fields: Readonly<Record<string, unknown>>, prefix: string): readonly Fact[] {
  return Object.entries(fields).flatMap(([name, value]): readonly Fact[] => {
    if (value === null || value === undefined) return [];
    if (typeof value === 'object' && !Array.isArray(value))
      return factsOf(Object.fromEntries(Object.entries(value)), `${prefix}.${name}`);
    return [{ name, value: <code>{wordsOf(value)}</code>, metric: `${prefix}.${name}` }];
  });
}

/** Six figures are enough for a reader; the API has all of them. */
function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(typeof value === 'number' ? Number(value.toPrecision(6)) : value);
}
