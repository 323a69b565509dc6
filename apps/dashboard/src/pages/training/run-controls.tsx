import { found, type Schemas } from '#client';
import { useAction } from '../../data/action.js';
import { service } from '../../data/service.js';
import { ErrorNote } from '../../parts/error-note.js';

interface RunControlsProps {
  readonly job: Schemas['TrainingJob'];
  /** Called when the job may stand elsewhere. */
  readonly onChange: () => void;
}

type Change = 'pause' | 'resume' | 'cancel';

const HAS_ENDED: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled']);

/** Pauses a run, lets it go on, or ends it. */
export function RunControls({ job, onChange }: RunControlsProps) {
  const changing = useAction(async (change: Change) => {
    found(await service.POST(`/v1/training-jobs/{id}/${change}`, { params: { path: { id: job.id } } }));
    onChange();
  });
  if (HAS_ENDED.has(job.status)) return null;
  const isPaused = job.pausedAt !== null;
  return (
    <div class="controls">
      <button disabled={changing.isRunning.value} onClick={() => changing.run(isPaused ? 'resume' : 'pause')}>
        {isPaused ? 'Resume' : 'Pause'}
      </button>
      <button disabled={changing.isRunning.value} onClick={() => changing.run('cancel')}>
        Cancel
      </button>
      {isPaused && job.status === 'running' && <span class="hint">pauses after its present update</span>}
      <ErrorNote error={changing.error.value} />
    </div>
  );
}
