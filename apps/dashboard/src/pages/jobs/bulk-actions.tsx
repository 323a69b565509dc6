import { useSignal, type Signal } from '@preact/signals';
import { ErrorNote } from '../../parts/error-note.js';
import { cancelAll, sendAllAgain, type BulkOutcome } from './bulk-work.js';

/** What can be done with the jobs that are selected. */
export function BulkActions({ selected }: { readonly selected: Signal<ReadonlySet<string>> }) {
  const words = useSignal('');
  const error = useSignal<Error | undefined>(undefined);
  const isBusy = useSignal(false);
  const ids = [...selected.value];

  const run = (verb: string, work: (ids: readonly string[]) => Promise<BulkOutcome>) => () => {
    isBusy.value = true;
    error.value = undefined;
    work(ids)
      .then((outcome) => {
        words.value = inWords(verb, outcome);
        selected.value = new Set();
        return undefined;
      })
      .catch((cause: unknown) => (error.value = cause instanceof Error ? cause : new Error(String(cause))))
      .finally(() => (isBusy.value = false));
  };

  const isIdle = ids.length === 0 || isBusy.value;
  return (
    <>
      <div class="row">
        <span class="label">{ids.length} selected</span>
        <button type="button" disabled={isIdle} onClick={run('cancelled', cancelAll)}>
          Cancel
        </button>
        <button type="button" disabled={isIdle} onClick={run('sent again', sendAllAgain)}>
          Submit again
        </button>
        <output>{words.value}</output>
      </div>
      {error.value && <ErrorNote error={error.value} />}
    </>
  );
}

function inWords(verb: string, { done, refused }: BulkOutcome): string {
  const left = [...refused].map(([reason, count]) => `${count}: ${reason}`);
  return [`${done} ${verb}`, ...left].join('; ');
}
