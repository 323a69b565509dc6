import type { Signal } from '@preact/signals';
import { Actions } from '../../parts/actions/actions.js';
import type { ActionBatch } from '../../parts/actions/action-batch.js';
import { Loaded } from '../../parts/loaded.js';
import { Downloads } from './downloads.js';
import { JobFacts } from './job-facts.js';
import { useJobRecord, type ShownJob } from './job-record.js';
import { RequestPanel } from './request-panel.js';
import { Sharpening } from './sharpening.js';
import { Waterfall } from './waterfall.js';

/** Everything about one job. @param place how far predictions are played; jobs beside each other share it */
export function JobView({ id, place }: { readonly id: string; readonly place: Signal<number> }) {
  const { job, trace, previews, result, error } = useJobRecord(id);
  return (
    <article>
      <h1>{id}</h1>
      <Loaded resource={{ value: job, error }}>
        {(known) => (
          <>
            <JobFacts job={known} />
            <div class="side-by-side">
              <Sharpening job={known} previews={previews.value} result={result.value} place={place} />
              {result.value && <Result job={known} batch={result.value} />}
            </div>
            {trace.value && <Waterfall trace={trace.value} queuedSeconds={known.timings.queuedSeconds} />}
            <RequestPanel job={known} />
          </>
        )}
      </Loaded>
    </article>
  );
}

function Result({ job, batch }: { readonly job: ShownJob; readonly batch: ActionBatch }) {
  return (
    <section>
      <h2>Actions</h2>
      <p class="label" title="result.shape">
        {batch.rows} × {batch.horizon} × {batch.dim} (rows × actions × dimensions)
      </p>
      <Actions label={`Actions of ${job.id}`} batch={batch} />
      <Downloads job={job} />
    </section>
  );
}
