import { useAction } from '../../data/action.js';
import { sendAgain, type RepeatableRequest } from '../../data/again.js';
import { linkTo } from '../../data/route.js';
import { submitted } from '../../data/submitted.js';
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
  const again = useAction(async (fields: FormData) => {
    location.hash = linkTo('jobs', jobId, await sendAgain(request, changesOf(fields)));
  });
  return (
    <section>
      <h2>Again with other settings</h2>
      <form class="filters" onSubmit={submitted(again.run)}>
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
        <button type="submit" disabled={again.isRunning.value || missing.length > 0}>
          Run beside this one
        </button>
      </form>
      <ErrorNote error={again.error.value} />
    </section>
  );
}
