import { linkTo } from '../../data/route.js';
import { Bar } from '../../parts/bar.js';
import { inWords, span } from '../../parts/quantity.js';
import type { Column } from '../../parts/table.js';
import { Time } from '../../parts/time.js';
import type { ListedJob } from './job-listing.js';

export const COLUMNS: readonly Column<ListedJob>[] = [
  { title: 'Job', cell: ({ id }) => <a href={linkTo('jobs', id)}>{id}</a> },
  { title: 'Status', cell: ({ status }) => <span class={`status ${status}`}>{status}</span> },
  { title: 'Model', cell: ({ model }) => `${model.name}${model.version === null ? '' : `@${model.version}`}` },
  { title: 'Class', cell: ({ priority }) => priority },
  { title: 'Key', cell: ({ key }) => key ?? '–' },
  { title: 'Submitted', cell: ({ createdAt }) => <Time at={createdAt} /> },
  { title: 'Step', cell: (job) => <StepBar job={job} />, metric: 'progress.completedSteps of progress.totalSteps' },
  { title: 'Left', cell: (job) => timeLeft(job), metric: 'estimatedSecondsLeft', isNumber: true },
  { title: 'Took', cell: (job) => timeTaken(job), metric: 'timings.runSeconds', isNumber: true },
];

/** Step k of S, as each row of the job goes through them. */
function StepBar({ job: { progress } }: { readonly job: ListedJob }) {
  const { completedSteps, totalSteps } = progress;
  const rows = Math.max(progress.totalRows ?? 1, 1);
  const [done, all] = [Math.floor(completedSteps / rows), Math.round(totalSteps / rows)];
  return (
    <span class="step">
      <Bar value={completedSteps} max={totalSteps} label={`step ${done} of ${all}, ${rows} rows`} />
      <span>
        {done}/{all}
      </span>
    </span>
  );
}

function timeLeft({ estimatedSecondsLeft, queuePosition }: ListedJob): string {
  const position = queuePosition === null ? '' : `#${queuePosition + 1} `;
  return `${position}${estimatedSecondsLeft === null ? '' : inWords(span(estimatedSecondsLeft))}`.trim() || '–';
}

function timeTaken({ timings }: ListedJob): string {
  return inWords(span(timings.runSeconds));
}
