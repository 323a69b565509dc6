import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { found, type Schemas } from '#client';
import { useResource } from '../../data/resource.js';
import { service } from '../../data/service.js';
import { batchOf } from '../../parts/actions/action-batch.js';
import { extentOf } from '../../parts/actions/action-path.js';
import { Actions } from '../../parts/actions/actions.js';
import { Loaded } from '../../parts/loaded.js';
import { count, inWords } from '../../parts/quantity.js';
import { Scrubber } from '../../parts/scrubber.js';
import { Playback } from './playback.js';

/** Rows that one answer brings. */
const ROWS_PER_PAGE = 32;
const MAX_OBSERVATIONS_SHOWN = 64;
const SPEEDS = [2, 5, 10, 20, 50];

/** Plays the rows of a dataset, step by step, as the episode that they may be. */
export function RowPlayer({ dataset }: { readonly dataset: Schemas['Dataset'] }) {
  const { name, actionHorizon } = dataset;
  const playback = useMemo(() => new Playback(dataset.count, actionHorizon), [dataset.sha256]);
  useEffect(() => () => playback.pause(), [playback]);
  const { row } = playback.position.value;
  // an answer may hold fewer rows than are wanted, so that a page is what came
  const first = useSignal(0);
  const page = useResource(
    async (signal) => {
      const query = { first: first.value, count: ROWS_PER_PAGE };
      return found(await service.GET('/v1/datasets/{name}/rows', { params: { path: { name }, query }, signal }));
    },
    { key: `${dataset.sha256} ${first.value}` },
  );
  useSignalEffect(() => {
    const wanted = playback.position.value.row;
    const shown = page.value.value;
    const isMissing = wanted < first.peek() || wanted >= first.peek() + (shown?.actions.length ?? ROWS_PER_PAGE);
    if (isMissing) first.value = wanted;
  });
  return (
    <section>
      <h2>Rows</h2>
      <PlayerControls playback={playback} rows={dataset.count} horizon={actionHorizon} />
      <Loaded resource={page}>{(rows) => <RowView page={rows} playback={playback} row={row} />}</Loaded>
    </section>
  );
}

interface ControlsProps {
  readonly playback: Playback;
  readonly rows: number;
  readonly horizon: number;
}

function PlayerControls({ playback, rows, horizon }: ControlsProps) {
  const speed = useSignal(10);
  const { row, steps } = playback.position.value;
  const isRunning = playback.isRunning.value;
  return (
    <div class="controls player">
      <button onClick={() => (isRunning ? playback.pause() : playback.play(speed.value))}>
        {isRunning ? 'Pause' : 'Play'}
      </button>
      <button onClick={() => playback.goTo(row - 1)} disabled={row === 0} aria-label="Row before">
        ‹
      </button>
      <button onClick={() => playback.goTo(row + 1)} disabled={row === rows - 1} aria-label="Next row">
        ›
      </button>
      <label>
        Row{' '}
        <input
          type="number"
          min={0}
          max={rows - 1}
          value={row}
          onChange={({ currentTarget }) => playback.goTo(Math.round(Number(currentTarget.value)))}
        />{' '}
        <span class="hint">of 0 … {rows - 1}</span>
      </label>
      <label class="scrub">
        Step {steps} of {horizon} <Scrubber max={horizon} value={steps} onMove={(moved) => playback.scrub(moved)} />
      </label>
      <label>
        <select
          aria-label="Steps per second"
          value={speed}
          onChange={({ currentTarget }) => {
            speed.value = Number(currentTarget.value);
            if (isRunning) playback.play(speed.value);
          }}
        >
          {SPEEDS.map((value) => (
            <option key={value} value={value}>
              {value}
            </option>
          ))}
        </select>{' '}
        steps/s
      </label>
    </div>
  );
}

interface RowViewProps {
  readonly page: Schemas['DatasetRowPage'];
  readonly playback: Playback;
  readonly row: number;
}

function RowView({ page, playback, row }: RowViewProps) {
  const extent = useMemo(() => extentOf(batchOf(page.actions)), [page]);
  const i = row - page.first;
  const [actions, observation] = [page.actions[i], page.observations[i]];
  if (actions === undefined || observation === undefined) return <p class="loading">Loading …</p>;
  const padded = page.padding?.[i]?.filter(Boolean).length ?? 0;
  return (
    <div class="side-by-side">
      <Actions
        label={`Actions of row ${row}`}
        batch={batchOf([actions])}
        steps={playback.position.value.steps}
        extent={extent}
      />
      <div>
        <h3>Observation</h3>
        <p class="numbers" title="observations">
          {observation.length === 0 && 'There is none.'}
          {observation.slice(0, MAX_OBSERVATIONS_SHOWN).map((value, j) => (
            <span key={j}>{inWords(count(value))}</span>
          ))}
          {observation.length > MAX_OBSERVATIONS_SHOWN && (
            <span class="hint">and {observation.length - MAX_OBSERVATIONS_SHOWN} further numbers</span>
          )}
        </p>
        {padded > 0 && <p class="hint">{padded} steps are padding.</p>}
      </div>
    </div>
  );
}
