import { useComputed, useSignal } from '@preact/signals';
import { found, type Schemas } from '#client';
import { useAction } from '../../data/action.js';
import { useResource } from '../../data/resource.js';
import { linkTo } from '../../data/route.js';
import { service } from '../../data/service.js';
import { ErrorNote } from '../../parts/error-note.js';
import { Slider } from '../../parts/slider.js';
import { provenanceOf } from './provenance.js';
import type { TrySettings } from './try-settings.js';

const MAX_SLIDERS = 24;
const UNKNOWN_RANGE = { min: -1, max: 1 };

interface ObservationFormProps {
  readonly version: Schemas['ModelVersion'];
  readonly settings: TrySettings;
}

/** What the model is to see: sliders over the ranges of its dataset, or a row of that. */
export function ObservationForm({ version, settings }: ObservationFormProps) {
  const { obsSize } = version.config;
  const { dataset } = provenanceOf(version);
  if (obsSize === 0) return <p class="hint">The model takes no observation.</p>;
  return (
    <fieldset>
      <legend>Observation</legend>
      {dataset !== undefined && <RowChoice dataset={dataset} settings={settings} />}
      {obsSize <= MAX_SLIDERS ? (
        <ObservationSliders version={version} settings={settings} />
      ) : (
        <p class="hint">{obsSize} numbers, 0 unless a row is taken.</p>
      )}
    </fieldset>
  );
}

function ObservationSliders({ version, settings }: ObservationFormProps) {
  const { dataset } = provenanceOf(version);
  const statistics = useResource(
    async (signal) => {
      if (dataset === undefined) return [];
      const params = { path: { name: dataset } };
      return found(await service.GET('/v1/datasets/{name}/statistics', { params, signal })).observations;
    },
    { key: dataset ?? '' },
  );
  return (
    <div class="sliders">
      {settings.observation.value.map((_, j) => (
        <ObservationSlider key={j} j={j} settings={settings} range={statistics.value.value?.[j] ?? UNKNOWN_RANGE} />
      ))}
    </div>
  );
}

interface ObservationSliderProps {
  readonly j: number;
  readonly settings: TrySettings;
  readonly range: { readonly min: number; readonly max: number };
}

function ObservationSlider({ j, settings, range: { min, max } }: ObservationSliderProps) {
  const value = useComputed(() => settings.observation.value[j] ?? 0);
  const step = max > min ? Number(((max - min) / 100).toPrecision(1)) : 1;
  return (
    <Slider
      label={`${j}`}
      value={value}
      onMove={(moved) => settings.observe(j, moved)}
      min={Math.min(min, value.value)}
      max={Math.max(max, value.value)}
      step={step}
      metric={`observations[0][${j}]`}
    />
  );
}

interface RowChoiceProps {
  readonly dataset: string;
  readonly settings: TrySettings;
}

function RowChoice({ dataset, settings }: RowChoiceProps) {
  const row = useSignal(0);
  const take = useAction(async () => {
    const params = { path: { name: dataset }, query: { first: row.value, count: 1 } };
    const [observation] = found(await service.GET('/v1/datasets/{name}/rows', { params })).observations;
    if (observation !== undefined) settings.observation.value = observation;
  });
  return (
    <div class="controls">
      <label>
        Row{' '}
        <input
          type="number"
          min={0}
          step={1}
          value={row}
          onInput={({ currentTarget }) => (row.value = Math.max(Math.round(Number(currentTarget.value)), 0))}
        />
      </label>
      <button type="button" onClick={() => take.run()}>
        Take
      </button>
      <span class="hint">
        of <a href={linkTo('datasets', dataset)}>{dataset}</a>
      </span>
      <ErrorNote error={take.error.value} />
    </div>
  );
}
