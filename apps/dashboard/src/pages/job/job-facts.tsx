import { found } from '#client';
import { useAction } from '../../data/action.js';
import { service } from '../../data/service.js';
import { Allowed } from '../../parts/allowed.js';
import { ErrorNote } from '../../parts/error-note.js';
import { count, span } from '../../parts/quantity.js';
import { Stat } from '../../parts/stat.js';
import type { ShownJob } from './job-record.js';

/** The job in a few numbers. */
export function JobFacts({ job }: { readonly job: ShownJob }) {
  const { progress, timings, estimatedSecondsLeft, seed, error, warnings } = job;
  const rows = Math.max(progress.totalRows ?? 1, 1);
  const steps = count(Math.floor(progress.completedSteps / rows), `of ${Math.round(progress.totalSteps / rows)}`);
  return (
    <>
      <p class="job-facts">
        <span class={`status ${job.status}`}>{job.status}</span>
        <span>
          {job.model.name}@{job.model.version ?? '?'}
        </span>
        <span>{job.priority}</span>
        <span>seed {seed}</span>
        {job.worker !== null && <span>on {job.worker}</span>}
        {job.key !== null && <span>key {job.key}</span>}
        {Object.entries(job.metadata).map(([name, value]) => (
          <span key={name}>
            {name} {String(value)}
          </span>
        ))}
        {job.finishedAt === null && (
          <Allowed scope="jobs:write">
            <CancelButton id={job.id} />
          </Allowed>
        )}
      </p>
      {error && (
        <p class="error">
          {error.message} ({error.code})
        </p>
      )}
      {warnings.map(({ code, message }) => (
        <p key={code} class="hint">
          {message} ({code})
        </p>
      ))}
      <div class="stats">
        <Stat label="Step" quantity={steps} metric="progress.completedSteps of progress.totalSteps, for each row" />
        <Stat label="Rows" quantity={count(progress.totalRows)} metric="progress.totalRows" />
        <Stat label="In the queue" quantity={span(timings.queuedSeconds)} metric="timings.queuedSeconds" />
        <Stat label="Ran" quantity={span(timings.runSeconds)} metric="timings.runSeconds" />
        <Stat label="In the denoiser" quantity={span(timings.denoiseSeconds)} metric="timings.denoiseSeconds" />
        <Stat label="Left" quantity={span(estimatedSecondsLeft)} metric="estimatedSecondsLeft" />
        <Stat label="Attempts" quantity={count(job.attempts)} metric="attempts" />
      </div>
    </>
  );
}

function CancelButton({ id }: { readonly id: string }) {
  const cancelling = useAction(async () => {
    found(await service.POST('/v1/sampling-jobs/{id}/cancel', { params: { path: { id } } }));
  });
  return (
    <>
      <button onClick={() => cancelling.run()}>Cancel</button>
      <ErrorNote error={cancelling.error.value} />
    </>
  );
}
