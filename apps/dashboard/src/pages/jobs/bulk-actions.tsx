import { useSignal, type Signal } from '@preact/signals';
import { useAction } from '../../data/action.js';
import { ErrorNote } from '../../parts/error-note.js';
import { cancelAll, sendAllAgain, type BulkOutcome } from './bulk-work.js';

/** What can be done with the jobs that are selected. */
export function BulkActions({ selected }: { readonly selected: Signal<ReadonlySet<string>> }) {
  const words = useSignal('');
  const ids = [...selected.value];
  const working = useAction(async (verb: string, work: (ids: readonly string[]) => Promise<BulkOutcome>) => {
    words.value = inWords(verb, await work(ids));
    selected.value = new Set();
  });

  const isIdle = ids.length === 0 || working.isRunning.value;
  return (
    <>
      <div class="row">
        <span class="label">{ids.length} selected</span>
        <button type="button" disabled={isIdle} onClick={() => working.run('cancelled', cancelAll)}>
          Cancel
        </button>
        <button type="button" disabled={isIdle} onClick={() => working.run('sent again', sendAllAgain)}>
          Submit again
        </button>
        <output>{words.value}</output>
      </div>
      <ErrorNote error={working.error.value} />
    </>
  );
}

function inWords(verb: string, { done, refused }: BulkOutcome): string {
  const left = [...refused].map(([reason, count]) => `${count}: ${reason}`);
  return [`${done} ${verb}`, ...left].join('; ');
}
