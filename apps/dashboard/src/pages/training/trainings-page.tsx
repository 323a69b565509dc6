import { signal } from '@preact/signals';
import { found, type Schemas } from '#client';
import { useResource } from '../../data/resource.js';
import { linkTo } from '../../data/route.js';
import { service } from '../../data/service.js';
import { Bar } from '../../parts/bar.js';
import { EmptyPage } from '../../parts/empty-page.js';
import { Loaded } from '../../parts/loaded.js';
import { Table, type Column } from '../../parts/table.js';
import { Time } from '../../parts/time.js';

const LOOK_MS = 2_000;

const chosen = signal<ReadonlySet<string>>(new Set());

function choose(id: string, isChosen: boolean): void {
  const next = new Set(chosen.value);
  if (isChosen) next.add(id);
  else next.delete(id);
  chosen.value = next;
}

const COLUMNS: readonly Column<Schemas['TrainingJob']>[] = [
  {
    title: 'Compare',
    cell: ({ id }) => (
      <input
        type="checkbox"
        aria-label={`Compare ${id}`}
        checked={chosen.value.has(id)}
        onChange={({ currentTarget }) => choose(id, currentTarget.checked)}
      />
    ),
  },
  { title: 'Job', cell: ({ id }) => <a href={linkTo('trainings', id)}>{id}</a> },
  { title: 'Status', cell: ({ status }) => <span class={`status ${status}`}>{status}</span> },
  { title: 'Dataset', cell: ({ dataset }) => dataset },
  { title: 'Model', cell: ({ model }) => `${model.name}${model.version === null ? '' : `@${model.version}`}` },
  { title: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
  {
    title: 'Progress',
    cell: ({ progress }) => (
      <Bar
        value={progress.completedSteps}
        max={progress.totalSteps}
        label={`step ${progress.completedSteps} of ${progress.totalSteps}`}
      />
    ),
  },
];

/** All training jobs, the newest first. */
export function TrainingsPage() {
  const jobs = useResource(async (asked) => found(await service.GET('/v1/training-jobs', { signal: asked })), {
    everyMs: LOOK_MS,
  });
  return (
    <>
      <h1>Training</h1>
      <Loaded resource={jobs}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyPage
              text="There is no training job yet."
              command="npm run stride -- train --model MODEL --dataset DATASET"
            />
          ) : (
            <>
              <p>
                {chosen.value.size < 2 ? (
                  <span class="hint">Choose two or more to see them in one plot.</span>
                ) : (
                  <a href={linkTo('trainings', ...chosen.value)}>Compare {chosen.value.size} runs</a>
                )}
              </p>
              <Table label="Training jobs" columns={COLUMNS} rows={items} keyOf={({ id }) => id} />
            </>
          )
        }
      </Loaded>
    </>
  );
}
