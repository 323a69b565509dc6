import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { TrainingMetricsEvent } from '#contract';
import { Plot } from '../../parts/plot.js';
import type { PlotSeries } from '../../parts/plot-options.js';
import { Slider } from '../../parts/slider.js';
import { aligned, smoothed } from './smoothed.js';
import type { TrainingCourse } from './training-course.js';

/** What of a log point is a curve. */
type Measure = 'loss' | 'validationLoss' | 'learningRate' | 'gradNorm' | 'stepsPerSecond';

const COLOURS = ['--accent-1', '--accent-2', '--text', '--text-soft', '--bad'];
const SMALL_HEIGHT = 160;
const SMALL = [
  { measure: 'learningRate', label: 'Learning rate by update', yLabel: 'learning rate' },
  { measure: 'gradNorm', label: 'Norm of the gradient by update', yLabel: 'gradient norm' },
  { measure: 'stepsPerSecond', label: 'Speed by update', yLabel: 'steps/s' },
] as const satisfies readonly { measure: Measure; label: string; yLabel: string }[];

/** The curves of one run or of several in the same plots. */
export function CoursePlots({ courses }: { readonly courses: readonly TrainingCourse[] }) {
  const isLog = useSignal(true);
  const weight = useSignal(0);
  const losses = useMemo(
    () => aligned(courses.flatMap(({ points }) => lossCurves(points, weight.value))),
    [courses, weight.value],
  );
  return (
    <>
      <div class="controls">
        <label>
          <input
            type="checkbox"
            checked={isLog}
            onChange={({ currentTarget }) => (isLog.value = currentTarget.checked)}
          />{' '}
          log scale
        </label>
        <Slider
          label="Smoothing of the loss"
          value={weight}
          onMove={(value) => (weight.value = value)}
          min={0}
          max={0.99}
          step={0.01}
          metric="weight of the mean before"
        />
      </div>
      <Plot
        label="Loss by update"
        series={lossSeries(courses)}
        xLabel="updates"
        yLabel="loss"
        isLog={isLog.value}
        x={losses.x}
        ys={losses.ys}
        height={320}
      />
      <div class="side-by-side">
        {SMALL.map((plot) => (
          <SmallPlot key={plot.measure} courses={courses} {...plot} />
        ))}
      </div>
    </>
  );
}

interface SmallPlotProps {
  readonly courses: readonly TrainingCourse[];
  readonly measure: Measure;
  readonly label: string;
  readonly yLabel: string;
}

function SmallPlot({ courses, measure, label, yLabel }: SmallPlotProps) {
  const { x, ys } = useMemo(() => aligned(courses.map(({ points }) => curveOf(points, measure))), [courses, measure]);
  const series = courses.map(({ id }, i) => ({ label: nameOf(id, courses, yLabel), color: colourOf(i) }));
  return <Plot label={label} series={series} xLabel="updates" yLabel={yLabel} x={x} ys={ys} height={SMALL_HEIGHT} />;
}

function lossCurves(points: readonly TrainingMetricsEvent[], weight: number) {
  const loss = curveOf(points, 'loss');
  return [{ x: loss.x, y: smoothed(loss.y, weight) }, curveOf(points, 'validationLoss')];
}

function lossSeries(courses: readonly TrainingCourse[]): readonly PlotSeries[] {
  return courses.flatMap(({ id }, i) => {
    const validation = courses.length === 1 ? '--accent-2' : colourOf(i);
    return [
      { label: nameOf(id, courses, 'loss'), color: colourOf(i) },
      { label: nameOf(id, courses, 'validation'), color: validation, isDashed: true },
    ];
  });
}

function curveOf(points: readonly TrainingMetricsEvent[], measure: Measure) {
  return { x: points.map(({ step }) => step), y: points.map((point) => point[measure]) };
}

/** With several runs the last letters of an id say which: the first ones are the time. */
function nameOf(id: string, courses: readonly TrainingCourse[], what: string): string {
  return courses.length === 1 ? what : `${what} …${id.slice(-6)}`;
}

function colourOf(i: number): string {
  return COLOURS[i % COLOURS.length] ?? '--text';
}
