import type { ComponentChildren } from 'preact';
import type { Resource } from '../data/resource.js';
import { ErrorNote } from './error-note.js';

interface LoadedProps<Value> {
  readonly resource: Pick<Resource<Value>, 'value' | 'error'>;
  readonly children: (value: Value) => ComponentChildren;
}

/** Shows what was loaded, and above it why newer answers are missing. */
export function Loaded<Value>({ resource, children }: LoadedProps<Value>) {
  const value = resource.value.value;
  const error = resource.error.value;
  return (
    <>
      <ErrorNote error={error} />
      {value === undefined ? !error && <p class="loading">Loading …</p> : children(value)}
    </>
  );
}
