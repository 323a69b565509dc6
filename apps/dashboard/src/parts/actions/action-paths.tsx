import { at, type ActionBatch } from './action-batch.js';
import { extentOf, actionPath, placeOf, SIDE, type Extent } from './action-path.js';

interface ActionPathsProps {
  /** What is drawn, for screen readers. */
  readonly label: string;
  /** [rows, horizon, 2] */
  readonly batch: ActionBatch;
  /** Draws only so many steps; default: all. */
  readonly steps?: number;
  /** Draws all rows into one picture instead of one each. */
  readonly isOverlaid?: boolean;
  /** Default: what the rows reach. */
  readonly extent?: Extent;
}

/** Actions of two dimensions as paths through a plane; a dot marks where each is. */
export function ActionPaths({ label, batch, isOverlaid = false, ...rest }: ActionPathsProps) {
  const { steps = batch.horizon, extent = extentOf(batch) } = rest;
  const rows = Array.from({ length: batch.rows }, (_, row) => row);
  const path = (row: number) => <Path key={row} batch={batch} row={row} steps={steps} extent={extent} />;
  return (
    <div class={isOverlaid ? 'paths overlaid' : 'paths'} role="img" aria-label={label}>
      {isOverlaid ? <Picture>{rows.map(path)}</Picture> : rows.map((row) => <Picture key={row}>{path(row)}</Picture>)}
    </div>
  );
}

function Picture({ children }: { readonly children: preact.ComponentChildren }) {
  return <svg viewBox={`0 0 ${SIDE} ${SIDE}`}>{children}</svg>;
}

interface PathProps {
  readonly batch: ActionBatch;
  readonly row: number;
  readonly steps: number;
  readonly extent: Extent;
}

function Path({ batch, row, steps, extent }: PathProps) {
  const last = Math.min(steps, batch.horizon) - 1;
  if (last < 0) return null;
  const [x, y] = placeOf([at(batch, row, [last, 0]), at(batch, row, [last, 1])], extent);
  return (
    <>
      {last < batch.horizon - 1 && <path class="coming" d={actionPath(batch, row, { extent, steps: batch.horizon })} />}
      <path d={actionPath(batch, row, { extent, steps })} />
      <circle cx={x} cy={y} r="2.5" />
    </>
  );
}
