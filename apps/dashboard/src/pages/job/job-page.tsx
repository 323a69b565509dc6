import { found } from '#client';
import { useResource } from '../../data/resource.js';
import { service } from '../../data/service.js';
import { Loaded } from '../../parts/loaded.js';

const LOOK_MS = 1_000;

/** One sampling job, or two beside each other. */
export function JobPage({ segments }: { readonly segments: readonly string[] }) {
  return (
    <div class="side-by-side">
      {segments.slice(0, 2).map((id) => (
        <Job key={id} id={id} />
      ))}
    </div>
  );
}

function Job({ id }: { readonly id: string }) {
  const job = useResource(
    async (signal) => found(await service.GET('/v1/sampling-jobs/{id}', { params: { path: { id } }, signal })),
    { key: id, everyMs: LOOK_MS },
  );
  return (
    <section>
      <h1>{id}</h1>
      <Loaded resource={job}>{(value) => <pre>{JSON.stringify(value, null, 2)}</pre>}</Loaded>
    </section>
  );
}
