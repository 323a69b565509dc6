import { useSignal, type Signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { linkTo } from '../../data/route.js';
import { useAction } from '../../data/action.js';
import { repeat } from '../../data/again.js';
import { Allowed } from '../../parts/allowed.js';
import { extentOf } from '../../parts/actions/action-path.js';
import { Actions } from '../../parts/actions/actions.js';
import type { ActionBatch } from '../../parts/actions/action-batch.js';
import { ErrorNote } from '../../parts/error-note.js';
import { Scrubber } from '../../parts/scrubber.js';
import type { PredictedActions, ShownJob } from './job-record.js';

const FRAME_MS = 120;

interface SharpeningProps {
  readonly job: ShownJob;
  readonly previews: readonly PredictedActions[];
  readonly result: ActionBatch | undefined;
  /** How far it was played, 0 to 1; two jobs beside each other share it. */
  readonly place: Signal<number>;
}

/** What the first row would become, from step to step, and in the end did. */
export function Sharpening({ job, previews, result, place }: SharpeningProps) {
  const frames = framesOf(previews, result);
  const last = frames.length - 1;
  const isPlaying = useSignal(false);
  const at = Math.round(place.value * last);
  const shown = frames[at];

  useEffect(() => {
    if (!isPlaying.value || last < 1) return undefined;
    const timer = setInterval(() => {
      const next = Math.round(place.value * last) + 1;
      place.value = Math.min(next / last, 1);
      if (next >= last) isPlaying.value = false;
    }, FRAME_MS);
    return () => clearInterval(timer);
  }, [isPlaying.value, last]);

  const play = () => {
    if (place.value >= 1) place.value = 0;
    isPlaying.value = !isPlaying.value;
  };
  return (
    <section>
      <h2>Predicted x0 of row 0</h2>
      {previews.length === 0 ? (
        <NoPreviews job={job} />
      ) : (
        <div class="row">
          <button onClick={play}>{isPlaying.value ? 'Pause' : 'Play'}</button>
          <Scrubber
            label="Step"
            max={last}
            value={at}
            onMove={(moved) => (place.value = last === 0 ? 1 : moved / last)}
          />
          <output>{shown?.title}</output>
        </div>
      )}
      {shown && (
        <div class="one-picture">
          <Actions
            label={`Row 0, ${shown.title}`}
            batch={shown.actions}
            extent={extentOf(...frames.map(({ actions }) => actions))}
          />
        </div>
      )}
    </section>
  );
}

interface PlayedFrame {
  readonly title: string;
  readonly actions: ActionBatch;
}

/** The result is what the last step predicts. */
function framesOf(previews: readonly PredictedActions[], result: ActionBatch | undefined): PlayedFrame[] {
  const frames = previews.map(({ step, actions }) => ({ title: `after step ${step + 1}`, actions }));
  return result ? [...frames, { title: 'result', actions: firstRow(result) }] : frames;
}

function firstRow({ horizon, dim, values }: ActionBatch): ActionBatch {
  return { rows: 1, horizon, dim, values: Array.from(values).slice(0, horizon * dim) };
}

/** Previews are kept for two minutes, and only of jobs that asked for them: the same bytes come out again. */
function NoPreviews({ job }: { readonly job: ShownJob }) {
  const again = useAction(async () => {
    location.hash = linkTo('jobs', await repeat(job.id, { previewEvery: 1 }));
  });
  return (
    <>
      <p class="hint">
        There are no predictions of this job: it asked for none, or they are older than two minutes. The same request
        gives the same bytes.
      </p>
      <Allowed scope="jobs:write">
        <button disabled={again.isRunning.value} onClick={() => again.run()}>
          Run it again and show each step
        </button>
      </Allowed>
      <ErrorNote error={again.error.value} />
    </>
  );
}
