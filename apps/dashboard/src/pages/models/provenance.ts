import type { Schemas } from '#client';

/** Where a version comes from, as far as it is known. */
interface Provenance {
  readonly trainingJobId: string | undefined;
  /** Dataset of the training. */
  readonly dataset: string | undefined;
  /** Version with whose weights the training began. */
  readonly parent: { readonly name: string; readonly version: number } | undefined;
  /** Everything else that is said, settings of the training among it. */
  readonly others: Readonly<Record<string, unknown>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Reads what a version says of its origin, which is an open record. */
export function provenanceOf({ provenance }: Pick<Schemas['ModelVersion'], 'provenance'>): Provenance {
  const { trainingJobId, dataset, parent, settings, ...others } = provenance;
  const { name, version } = fieldsOf(parent);
  return {
    trainingJobId: textOf(trainingJobId),
    dataset: textOf(fieldsOf(dataset).name),
    parent: typeof name === 'string' && typeof version === 'number' ? { name, version } : undefined,
    settings: fieldsOf(settings),
    others,
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
