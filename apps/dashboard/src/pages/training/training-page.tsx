import { useEffect } from 'preact/hooks';
import { found } from '#client';
import { useResource } from '../../data/resource.js';
import { service } from '../../data/service.js';
import { Allowed } from '../../parts/allowed.js';
import { Loaded } from '../../parts/loaded.js';
import { inWords, size } from '../../parts/quantity.js';
import { Table, type Column } from '../../parts/table.js';
import { CoursePlots } from './course-plots.js';
import { DrawnRows } from './drawn-rows.js';
import { RunControls } from './run-controls.js';
import { RunEnd, RunStats } from './run-stats.js';
import { useTrainingCourses, type TrainingCourse } from './training-course.js';

const COLUMNS: readonly Column<TrainingCourse['checkpoints'][number]>[] = [
  { title: 'Update', cell: ({ step }) => step, metric: 'step', isNumber: true },
  { title: 'Size', cell: ({ bytes }) => inWords(size(bytes)), metric: 'bytes', isNumber: true },
  { title: 'SHA-256', cell: ({ sha256 }) => <code>{sha256.slice(0, 16)}</code>, metric: 'sha256' },
];

/** One training run, or several in the same plots: each further segment is one more. */
export function TrainingPage({ segments }: { readonly segments: readonly string[] }) {
  const courses = useTrainingCourses(segments).value;
  return (
    <>
      <h1>{segments.length === 1 ? 'Training run' : `${segments.length} training runs`}</h1>
      {courses.map((course) => (
        <Run key={course.id} course={course} />
      ))}
      <h2>Course</h2>
      <CoursePlots courses={courses} />
      {courses.map((course) => (
        <Products key={course.id} course={course} />
      ))}
    </>
  );
}

function Run({ course }: { readonly course: TrainingCourse }) {
  const { id, turns } = course;
  const job = useResource(
    async (signal) => found(await service.GET('/v1/training-jobs/{id}', { params: { path: { id } }, signal })),
    { key: id },
  );
  useEffect(job.reload, [turns]);
  return (
    <section>
      <Loaded resource={job}>
        {(value) => (
          <>
            <h2>
              {value.model.name} <code>{id}</code> <span class={`status ${value.status}`}>{value.status}</span>
            </h2>
            <Allowed scope="train">
              <RunControls job={value} onChange={job.reload} />
            </Allowed>
            <RunEnd job={value} />
            <RunStats job={value} course={course} />
          </>
        )}
      </Loaded>
    </section>
  );
}

function Products({ course: { id, draws, checkpoints } }: { readonly course: TrainingCourse }) {
  return (
    <section aria-label={`What ${id} has made`}>
      <div class="side-by-side">
        <div>
          <h2>
            Drawn rows <code>…{id.slice(-6)}</code>
          </h2>
          <DrawnRows draws={draws} />
        </div>
        <div>
          <h2>
            Checkpoints <code>…{id.slice(-6)}</code>
          </h2>
          {checkpoints.length === 0 ? (
            <p class="hint">There is none yet.</p>
          ) : (
            <Table
              label={`Checkpoints of ${id}`}
              columns={COLUMNS}
              rows={checkpoints.toReversed()}
              keyOf={({ step }) => `${step}`}
            />
          )}
        </div>
      </div>
    </section>
  );
}
