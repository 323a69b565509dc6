import { useSignal } from '@preact/signals';
import { Actions } from '../../parts/actions/actions.js';
import { Scrubber } from '../../parts/scrubber.js';
import type { Draw } from './training-course.js';

/** The rows that a run drew on its way; the newest ones, or those that somebody moves to. */
export function DrawnRows({ draws }: { readonly draws: readonly Draw[] }) {
  const chosen = useSignal<number | undefined>(undefined);
  const place = Math.min(chosen.value ?? draws.length - 1, draws.length - 1);
  const draw = draws[place];
  if (draw === undefined)
    return <p class="hint">None were drawn. A request with training.sampleEvery draws a few rows on the way.</p>;
  return (
    <>
      <label class="controls">
        Update {draw.step}{' '}
        <Scrubber
          max={draws.length - 1}
          value={place}
          onMove={(moved) => (chosen.value = moved === draws.length - 1 ? undefined : moved)}
        />
      </label>
      <Actions label={`Rows drawn after update ${draw.step}`} batch={draw.batch} />
    </>
  );
}
