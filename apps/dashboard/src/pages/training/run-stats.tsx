import type { Schemas } from '#client';
import { Bar } from '../../parts/bar.js';
import { count, inWords, span, type Quantity } from '../../parts/quantity.js';
import { Stat } from '../../parts/stat.js';
import type { TrainingCourse } from './training-course.js';

interface RunStatsProps {
  readonly job: Schemas['TrainingJob'];
  readonly course: TrainingCourse;
}

/** Where a run stands, in numbers. */
export function RunStats({ job, course }: RunStatsProps) {
  const last = course.points.at(-1);
  const validation = course.points.findLast(({ validationLoss }) => validationLoss !== null);
  const { completedSteps, totalSteps } = job.progress;
  const step = Math.max(completedSteps, last?.step ?? 0);
  const left = job.status === 'running' && last ? (totalSteps - step) / last.stepsPerSecond : job.estimatedSecondsLeft;
  return (
    <div class="stats">
      <Stat label="Updates" quantity={{ text: `${step}`, unit: `of ${totalSteps}` }} metric="progress.completedSteps">
        <Bar value={step} max={totalSteps} label={`update ${step} of ${totalSteps}`} />
      </Stat>
      <Stat label="Time left" quantity={span(left)} metric="estimatedSecondsLeft" />
      <Stat label="Loss" quantity={exact(last?.loss)} metric="loss" />
      <Stat label="Validation loss" quantity={exact(validation?.validationLoss)} metric="validationLoss" />
      <Stat label="Speed" quantity={count(last?.stepsPerSecond, ' steps/s')} metric="stepsPerSecond" />
      <Stat label="Updates that changed nothing" quantity={count(last?.skippedUpdates)} metric="skippedUpdates" />
    </div>
  );
}

/** How a run ended, and what became of it. */
export function RunEnd({ job }: Pick<RunStatsProps, 'job'>) {
  if (job.error !== null) return <p class="hint">{`${job.error.code}: ${job.error.message}`}</p>;
  if (job.result === null) return null;
  const { model, updates, stopReason, keptStep, validationLoss } = job.result;
  const why = stopReason === 'steps' ? 'all steps were done' : 'the validation loss fell no more';
  const loss = validationLoss === null ? '' : `, validation loss ${inWords(exact(validationLoss))}`;
  return (
    <p>
      It ended after {updates} updates, since {why}. The weights of update {keptStep} are{' '}
      <a href={`#/models/${encodeURIComponent(model.name)}?version=${model.version}`}>
        {model.name}@{model.version}
      </a>
      {loss}.
    </p>
  );
}

function exact(value: number | null | undefined): Quantity {
  return typeof value === 'number' ? { text: value.toPrecision(4), unit: '' } : { text: '–', unit: '' };
}
