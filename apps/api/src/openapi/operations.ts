import type { OpenAPIObject } from '@nestjs/swagger';

export type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Every operation of a document, with its path. */
export function operationsOf({ paths }: OpenAPIObject): { readonly path: string; readonly operation: Operation }[] {
  return Object.entries(paths).flatMap(([path, { get, put, post, delete: remove, patch }]) =>
    [get, put, post, remove, patch].flatMap((operation) => (operation === undefined ? [] : [{ path, operation }])),
  );
}
