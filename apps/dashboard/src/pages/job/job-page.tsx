import { useSignal } from '@preact/signals';
import { linkTo } from '../../data/route.js';
import { JobView } from './job-view.js';

/** One sampling job, or two beside each other. */
export function JobPage({ segments }: { readonly segments: readonly string[] }) {
  const ids = segments.slice(0, 2);
  const place = useSignal(1);
  return (
    <>
      <Beside ids={ids} />
      <div class="side-by-side">
        {ids.map((id) => (
          <JobView key={id} id={id} place={place} />
        ))}
      </div>
    </>
  );
}

/** The way to two jobs beside each other, and back to one. */
function Beside({ ids: [id = '', other] }: { readonly ids: readonly string[] }) {
  if (other !== undefined)
    return (
      <p>
        <a href={linkTo('jobs', id)}>Only the first</a> · <a href={linkTo('jobs', other)}>Only the second</a>
      </p>
    );
  return (
    <p>
      <label>
        <span class="label">Beside </span>
        <input
          type="search"
          placeholder="id of another job"
          onChange={({ currentTarget }) => {
            const text = currentTarget.value.trim();
            if (text !== '') location.hash = linkTo('jobs', id, text);
          }}
        />
      </label>
    </p>
  );
}
