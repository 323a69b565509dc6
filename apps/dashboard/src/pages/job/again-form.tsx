import { useSignal } from '@preact/signals';
import { sendAgain, type RepeatableRequest } from '../../data/again.js';
import { linkTo } from '../../data/route.js';
import { ErrorNote } from '../../parts/error-note.js';
import { changesOf } from './changed-settings.js';

/** What is most often tried out; everything else stays as it was. */
const FIELDS = [
  { name: 'numInferenceSteps', label: 'Steps', step: 1 },
  { name: 'eta', label: 'Eta', step: 'any' },
  { name: 'guidanceScale', label: 'Guidance', step: 'any' },
  { name: 'seed', label: 'Seed', step: 1 },
  { name: 'samplesPerObservation', label: 'Samples per observation', step: 1 },
] as const;

interface AgainFormProps {
  readonly jobId: string;
  readonly request: RepeatableRequest;
  /** Tensors that are gone. */
  readonly missing: readonly string[];
}

/** The job again with other settings; both are shown beside each other. */
export function AgainForm({ jobId, request, missing }: AgainFormProps) {
  const error = useSignal<Error | undefined>(undefined);
  const isBusy = useSignal(false);
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    isBusy.value = true;
    error.value = undefined;
    sendAgain(request, changesOf(new FormData(event.currentTarget)))
      .then((id) => (location.hash = linkTo('jobs', jobId, id)))
      .catch((cause: unknown) => (error.value = cause instanceof Error ? cause : new Error(String(cause))))
      .finally(() => (isBusy.value = false));
  };
  return (
    <section>
      <h2>Again with other settings</h2>
      <form class="filters" onSubmit={onSubmit}>
        <label>
          <span class="label">Model</span>
          <input name="model" required defaultValue={request.model} />
        </label>
        {FIELDS.map(({ name, label, step }) => (
          <label key={name}>
            <span class="label">{label}</span>
            <input name={name} type="number" step={step} defaultValue={request[name]} />
          </label>
        ))}
        <label>
          <input name="preview" type="checkbox" defaultChecked /> show each step
        </label>
        <button type="submit" disabled={isBusy.value || missing.length > 0}>
          Run beside this one
        </button>
      </form>
      {error.value && <ErrorNote error={error.value} />}
    </section>
  );
}
