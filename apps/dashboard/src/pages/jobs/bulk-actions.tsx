import { useSignal, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { useAction } from '../../data/action.js';
import { linkTo } from '../../data/route.js';
import { Bar } from '../../parts/bar.js';
import { ErrorNote } from '../../parts/error-note.js';
import { cancelAll, sendAllAgain, type BulkWork, type Report } from './bulk-work.js';

/** What came of the jobs so far. */
interface Outcome {
  readonly verb: string;
  readonly total: number;
  /** Of each that was reached: its id, and why it was left out. */
  readonly reached: readonly (readonly [id: string, refusal: string | undefined])[];
}

/** What can be done with the jobs that are selected; those that were not reached stay so. */
export function BulkActions({ selected }: { readonly selected: Signal<ReadonlySet<string>> }) {
  const outcome = useSignal<Outcome | undefined>(undefined);
  const stop = useRef<AbortController>(undefined);
  useEffect(() => () => stop.current?.abort(), []);
  const ids = [...selected.value];
  const working = useAction(async (verb: string, work: BulkWork) => {
    stop.current = new AbortController();
    const reached: [string, string | undefined][] = [];
    const show = () => (outcome.value = { verb, total: ids.length, reached });
    show();
    const report: Report = (id, refusal) => {
      reached.push([id, refusal]);
      show();
    };
    try {
      await work(ids, report, stop.current.signal);
    } finally {
      const left = new Set(ids);
      for (const [id] of reached) left.delete(id);
      selected.value = left;
    }
  });

  const isRunning = working.isRunning.value;
  const isIdle = ids.length === 0 || isRunning;
  return (
    <>
      <div class="row">
        <span class="label">{ids.length} selected</span>
        <button disabled={isIdle} onClick={() => working.run('cancelled', cancelAll)}>
          Cancel
        </button>
        <button disabled={isIdle} onClick={() => working.run('sent again', sendAllAgain)}>
          Submit again
        </button>
        {isRunning && <button onClick={() => stop.current?.abort()}>Stop</button>}
        {outcome.value && <Reached outcome={outcome.value} />}
      </div>
      <ErrorNote error={working.error.value} />
    </>
  );
}

/** How far it is, and each job that was left out with the reason. */
function Reached({ outcome: { verb, total, reached } }: { readonly outcome: Outcome }) {
  const refused = reached.filter(([, refusal]) => refusal);
  return (
    <>
      <Bar value={reached.length} max={total} label={`${reached.length} of ${total} jobs`} />
      <output>
        {reached.length - refused.length} of {total} {verb}
      </output>
      <ul class="refusals">
        {refused.map(([id, refusal]) => (
          <li key={id}>
            <a href={linkTo('jobs', id)}>{id}</a> {refusal}
          </li>
        ))}
      </ul>
    </>
  );
}
