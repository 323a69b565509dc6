import { found } from '#client';
import { useResource } from '../../data/resource.js';
import { service } from '../../data/service.js';
import { Loaded } from '../../parts/loaded.js';

/** One dataset. */
export function DatasetPage({ segments: [name = ''] }: { readonly segments: readonly string[] }) {
  const dataset = useResource(
    async (signal) => found(await service.GET('/v1/datasets/{name}', { params: { path: { name } }, signal })),
    { key: name },
  );
  return (
    <>
      <h1>{name}</h1>
      <Loaded resource={dataset}>{(value) => <pre>{JSON.stringify(value, null, 2)}</pre>}</Loaded>
    </>
  );
}
