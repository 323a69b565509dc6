import { useSignal } from '@preact/signals';
import { summed, type ActionBatch } from './action-batch.js';
import { ActionCurves } from './action-curves.js';
import { ActionPaths } from './action-paths.js';
import type { Extent } from './action-path.js';

interface ActionsProps {
  /** What is drawn, for screen readers. */
  readonly label: string;
  readonly batch: ActionBatch;
  /** Only so many steps are over; default: all. */
  readonly steps?: number;
  readonly names?: readonly string[];
  /** Of the paths; default: what the rows reach. */
  readonly extent?: Extent;
}

/** Actions as paths where they have two dimensions, else dimension by dimension; whoever looks may choose. */
export function Actions({ label, batch, steps, names, extent }: ActionsProps) {
  const form = useSignal<'paths' | 'overlaid' | 'curves'>('paths');
  const isSummed = useSignal(false);
  const isPlane = batch.dim === 2;
  const drawn = isSummed.value ? summed(batch) : batch;
  const done = steps === undefined || !isSummed.value ? steps : steps + 1;
  return (
    <div class="actions">
      <div class="controls">
        {isPlane && (
          <select
            aria-label="Drawn as"
            value={form}
            onChange={({ currentTarget }) => (form.value = asForm(currentTarget.value))}
          >
            <option value="paths">paths</option>
            {batch.rows > 1 && <option value="overlaid">paths, one picture</option>}
            <option value="curves">dimensions</option>
          </select>
        )}
        <label>
          <input
            type="checkbox"
            checked={isSummed}
            onChange={({ currentTarget }) => (isSummed.value = currentTarget.checked)}
          />{' '}
          actions are displacements: add them up
        </label>
      </div>
      {isPlane && form.value !== 'curves' ? (
        <ActionPaths
          label={label}
          batch={drawn}
          steps={done}
          isOverlaid={form.value === 'overlaid'}
          extent={isSummed.value ? undefined : extent}
        />
      ) : (
        <ActionCurves label={label} batch={drawn} steps={done} names={names} />
      )}
    </div>
  );
}

function asForm(value: string): 'paths' | 'overlaid' | 'curves' {
  return value === 'overlaid' || value === 'curves' ? value : 'paths';
}
