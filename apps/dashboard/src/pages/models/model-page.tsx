import { found } from '#client';
import { useResource } from '../../data/resource.js';
import { service } from '../../data/service.js';
import { Loaded } from '../../parts/loaded.js';

/** One model. */
export function ModelPage({ segments: [name = ''] }: { readonly segments: readonly string[] }) {
  const model = useResource(
    async (signal) => found(await service.GET('/v1/models/{name}', { params: { path: { name } }, signal })),
    { key: name },
  );
  return (
    <>
      <h1>{name}</h1>
      <Loaded resource={model}>{(value) => <pre>{JSON.stringify(value, null, 2)}</pre>}</Loaded>
    </>
  );
}
