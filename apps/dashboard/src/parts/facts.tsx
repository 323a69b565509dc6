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
        <div key={name} title={metric}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The fields of an object of the API as facts; objects within it as JSON. */
export function factsOf(fields: Readonly<Record<string, unknown>>, prefix: string): readonly Fact[] {
  return Object.entries(fields)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => ({ name, value: <code>{wordsOf(value)}</code>, metric: `${prefix}.${name}` }));
}

function wordsOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
