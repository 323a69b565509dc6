import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { found, type Schemas } from '#client';
import { useAction } from '../../data/action.js';
import { samplesOf } from '../../data/samples.js';
import { service } from '../../data/service.js';
import { Bar } from '../../parts/bar.js';
import { ErrorNote } from '../../parts/error-note.js';
import { Plot } from '../../parts/plot.js';
import { provenanceOf } from './provenance.js';
import { comparedSteps, QUALITY_ROWS, qualityRequest, relativeDistance, type StepError } from './quality.js';

type Version = Schemas['ModelVersion'];

/** As far as it was measured. */
interface Measured {
  readonly points: readonly StepError[];
  /** Runs in all, that of the reference included. */
  readonly total: number;
  /** Steps of the reference. */
  readonly most: number;
}

const OBSERVATIONS = 16;
const SERIES = [{ label: 'Error', color: '--accent-1' }];

/** What fewer steps cost the version: measured by sampling when somebody asks. */
export function StepQuality({ version }: { readonly version: Version }) {
  const measured = useSignal<Measured | undefined>(undefined);
  const ending = useMemo(() => new AbortController(), []);
  useEffect(() => () => ending.abort(), [ending]);
  const measuring = useAction(async () => {
    for await (const progress of measure(version, ending.signal)) measured.value = progress;
  });
  const { points, total, most } = measured.value ?? {};
  return (
    <section>
      <h2>Quality against steps</h2>
      <ErrorNote error={measuring.error.value} />
      {measuring.isRunning.value && <Bar value={points?.length ?? 0} max={total ?? 1} label="Runs that are done" />}
      {points !== undefined && points.length > 1 && <QualityPlot points={points} most={most ?? 0} />}
      <button onClick={() => measuring.run()} disabled={measuring.isRunning.value}>
        Measure
      </button>
      <p class="hint">
        How far the actions of fewer steps are from those of the most steps: {QUALITY_ROWS} rows with the same noise and
        eta 0, as √(Σ(a−b)² / Σ(b−mean)²). At 100 % they are as far as samples are from their mean.
      </p>
    </section>
  );
}

interface QualityPlotProps {
  readonly points: readonly StepError[];
  readonly most: number;
}

function QualityPlot({ points, most }: QualityPlotProps) {
  return (
    <Plot
      label={`Error against steps, relative to ${most} steps`}
      series={SERIES}
      xLabel="denoising steps"
      yLabel={`error to ${most} steps, %`}
      x={points.map(({ steps }) => steps)}
      ys={[points.map(({ error }) => (error > 0 ? 100 * error : null))]}
      isLog
      height={200}
    />
  );
}

/** One job after the other, the most steps first. */
async function* measure(version: Version, signal: AbortSignal): AsyncGenerator<Measured> {
  const steps = comparedSteps(version);
  const most = steps.at(-1) ?? 1;
  const observations = await observationsOf(version, signal);
  const actionsAfter = async (count: number) =>
    (await samplesOf(qualityRequest(version, observations, count), signal)).actions;
  const reference = await actionsAfter(most);
  const elements = version.config.actionHorizon * version.config.actionDim;
  const points: StepError[] = [];
  for (const count of steps.slice(0, -1)) {
    points.push({ steps: count, error: relativeDistance(await actionsAfter(count), reference, elements) });
    yield { points: [...points], total: steps.length, most };
  }
}

/** Some of those that it was trained on, spread over them; zeros where nobody has them. */
async function observationsOf(version: Version, signal: AbortSignal): Promise<readonly (readonly number[])[]> {
  const zeros = [Array.from({ length: version.config.obsSize }, () => 0)];
  const { dataset: name } = provenanceOf(version);
  if (name === undefined || version.config.obsSize === 0) return zeros;
  const path = { name };
  const { data: dataset } = await service.GET('/v1/datasets/{name}', { params: { path }, signal });
  if (dataset === undefined || dataset.obsSize !== version.config.obsSize) return zeros;
  const stride = Math.max(Math.floor(dataset.count / OBSERVATIONS), 1);
  const firsts = Array.from({ length: Math.min(OBSERVATIONS, dataset.count) }, (_, i) => i * stride);
  const pages = await Promise.all(
    firsts.map(async (first) => {
      const query = { first, count: 1 };
      return found(await service.GET('/v1/datasets/{name}/rows', { params: { path, query }, signal })).observations;
    }),
  );
  return pages.flat();
}
