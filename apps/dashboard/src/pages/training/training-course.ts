import { useSignal, type ReadonlySignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { JobEvent, TrainingMetricsEvent } from '#contract';
import { watchJob } from '../../data/job-events.js';
import { tensorBatch, type ActionBatch } from '../../parts/actions/action-batch.js';

/** What a run drew after some of its updates. */
export interface Draw {
  readonly step: number;
  readonly batch: ActionBatch;
}

type Checkpoint = Extract<JobEvent, { type: 'checkpoint' }>;

/** What is known of a run, from its beginning until now. */
export interface TrainingCourse {
  readonly id: string;
  readonly points: readonly TrainingMetricsEvent[];
  readonly draws: readonly Draw[];
  readonly checkpoints: readonly Checkpoint[];
  /** Changes with each event that changes the state of the job. */
  readonly turns: number;
}

/** Events of a long run come in thousands at first: they are shown together. */
const SHOW_MS = 50;

/** The courses of runs, live for as long as they are shown. */
export function useTrainingCourses(ids: readonly string[]): ReadonlySignal<readonly TrainingCourse[]> {
  const courses = useSignal<readonly TrainingCourse[]>([]);
  useEffect(() => {
    const ended = new AbortController();
    const present = ids.map((id): Growing => ({ id, points: [], draws: [], checkpoints: [], turns: 0 }));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        courses.value = present.map((course) => ({ ...course }));
      }, SHOW_MS);
    };
    show();
    for (const course of present) {
      const grow = (event: JobEvent) => {
        take(course, event);
        show();
      };
      watchJob(`v1/training-jobs/${course.id}`, grow, ended.signal);
    }
    return () => {
      ended.abort();
      clearTimeout(timer);
    };
  }, [ids.join()]);
  return courses;
}

type Growing = { -readonly [Field in keyof TrainingCourse]: TrainingCourse[Field] };

function take(course: Growing, event: JobEvent): void {
  if (event.type === 'metrics') course.points = [...course.points, event];
  else if (event.type === 'samples')
    course.draws = [...course.draws, { step: event.step, batch: tensorBatch(event.actions) }];
  else {
    if (event.type === 'checkpoint') course.checkpoints = [...course.checkpoints, event];
    course.turns += 1;
  }
}
