import { useSignal, useSignalEffect, type Signal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { MAX_RELATIVE_RMS } from '#contract';
import type { Samples, Schemas } from '#client';
import { shownError } from '../../data/shown-error.js';
import { linkTo } from '../../data/route.js';
import { samplesOf } from '../../data/samples.js';
import type { ActionBatch } from '../../parts/actions/action-batch.js';
import { Actions } from '../../parts/actions/actions.js';
import { ErrorNote } from '../../parts/error-note.js';
import { inWords, span } from '../../parts/quantity.js';
import { Slider } from '../../parts/slider.js';
import { LatestRequest } from './latest-request.js';
import { ObservationForm } from './observation-form.js';
import { MAX_GUIDANCE, MAX_SAMPLES, MAX_STEPS, TrySettings } from './try-settings.js';

/** What came of the newest request that has an answer. */
interface Drawn {
  readonly samples: Samples;
  /** From the request until it was there. */
  readonly seconds: number;
}

interface Attempt {
  readonly drawn: Signal<Drawn | undefined>;
  readonly error: Signal<Error | undefined>;
}

/** A form that samples the version, and draws what comes while one moves its sliders. */
export function TryIt({ version }: { readonly version: Schemas['ModelVersion'] }) {
  const settings = useMemo(() => new TrySettings(version), [version.sha256]);
  const attempt = { drawn: useSignal<Drawn | undefined>(undefined), error: useSignal<Error | undefined>(undefined) };
  const latest = useMemo(() => new LatestRequest((request: Request, signal) => run(request, { signal, attempt })), []);
  useEffect(() => () => latest.close(), [latest]);
  const isMoved = useRef(false);
  useSignalEffect(() => {
    const request = settings.request.value;
    // looking at a page samples nothing yet
    if (isMoved.current) latest.ask(request);
    isMoved.current = true;
  });
  return (
    <section>
      <h2>Try it</h2>
      <div class="side-by-side">
        <form onSubmit={(event) => event.preventDefault()}>
          <Sliders version={version} settings={settings} />
          <ObservationForm version={version} settings={settings} />
          <button onClick={() => latest.ask(settings.request.value)}>Draw</button>{' '}
          <button type="button" onClick={() => (settings.seed.value = Math.floor(Math.random() * MAX_SEED))}>
            Another seed
          </button>
        </form>
        <Drawing attempt={attempt} names={version.policy?.actionNames} />
      </div>
    </section>
  );
}

type Request = Schemas['SamplingRequest'];

const MAX_SEED = 1_000;

async function run(request: Request, { signal, attempt }: { readonly signal: AbortSignal; readonly attempt: Attempt }) {
  const startedAt = performance.now();
  try {
    const samples = await samplesOf(request, signal);
    if (signal.aborted) return;
    attempt.drawn.value = { samples, seconds: (performance.now() - startedAt) / 1_000 };
    attempt.error.value = undefined;
  } catch (error) {
    if (signal.aborted) return;
    attempt.error.value = shownError(error);
  }
}

interface SlidersProps {
  readonly version: Schemas['ModelVersion'];
  readonly settings: TrySettings;
}

function Sliders({ version, settings }: SlidersProps) {
  const { config, guidable } = version;
  const maxSteps = Math.min(config.numTrainTimesteps, MAX_STEPS);
  return (
    <div class="sliders">
      <Slider label="Steps" {...moving(settings.steps)} min={1} max={maxSteps} step={1} metric="numInferenceSteps" />
      <Slider label="Eta" {...moving(settings.eta)} min={0} max={1} step={0.05} metric="eta" />
      {guidable && (
        <Slider
          label="Guidance"
          {...moving(settings.guidance)}
          min={0}
          max={MAX_GUIDANCE}
          step={0.1}
          metric="guidanceScale"
        />
      )}
      <Slider label="Seed" {...moving(settings.seed)} min={0} max={MAX_SEED} step={1} metric="seed" />
      <Slider
        label="Samples"
        {...moving(settings.samples)}
        min={1}
        max={MAX_SAMPLES}
        step={1}
        metric="samplesPerObservation"
      />
      {offeredBy(version).map((precision) => (
        <label key={precision}>
          <input
            type="checkbox"
            checked={settings.precision.value === precision}
            onChange={({ currentTarget }) => (settings.precision.value = currentTarget.checked ? precision : 'float32')}
          />{' '}
          {precision}
        </label>
      ))}
      {!guidable && <p class="hint">It was trained without condition dropout, so it cannot be guided.</p>}
    </div>
  );
}

/** Precisions beside float32. */
function offeredBy(version: Schemas['ModelVersion']) {
  return (['int8', 'bf16'] as const).filter((precision) => {
    const report = version[precision];
    return report !== null && report.relativeRms <= MAX_RELATIVE_RMS;
  });
}

function moving(value: Signal<number>) {
  return { value, onMove: (moved: number) => (value.value = moved) };
}

interface DrawingProps {
  readonly attempt: Attempt;
  readonly names: readonly string[] | undefined;
}

function Drawing({ attempt, names }: DrawingProps) {
  const drawn = attempt.drawn.value;
  const error = attempt.error.value;
  return (
    <div class="drawing">
      <ErrorNote error={error} />
      {drawn === undefined ? (
        <p class="hint">Move a slider, or press Draw.</p>
      ) : (
        <>
          <Actions label="Sampled actions" batch={batchOf(drawn.samples)} names={names} />
          <p class="hint" title="from the request to its answer; timings.denoiseSeconds">
            Job <a href={linkTo('jobs', drawn.samples.job.id)}>{drawn.samples.job.id}</a>,{' '}
            {inWords(span(drawn.seconds))} to here, of which {inWords(span(drawn.samples.job.timings.denoiseSeconds))}{' '}
            in the denoiser.
          </p>
        </>
      )}
    </div>
  );
}

function batchOf({ shape: [rows = 0, horizon = 0, dim = 0], actions }: Samples): ActionBatch {
  return { rows, horizon, dim, values: actions };
}
