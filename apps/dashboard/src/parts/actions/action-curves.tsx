import { at, dimensionRange, type ActionBatch } from './action-batch.js';
import { count, inWords } from '../quantity.js';

interface ActionCurvesProps {
  /** What is drawn, for screen readers. */
  readonly label: string;
  readonly batch: ActionBatch;
  /** A line marks where so many steps are over. */
  readonly steps?: number;
  /** What each dimension is called, and its unit; default: its number. */
  readonly names?: readonly string[];
}

const WIDTH = 160;
const HEIGHT = 40;
const MAX_DIMENSIONS = 32;

/** Actions of any number of dimensions: one small plot for each, with the course of every row. */
export function ActionCurves({ label, batch, steps, names = [] }: ActionCurvesProps) {
  const shown = Math.min(batch.dim, MAX_DIMENSIONS);
  return (
    <div class="curves" role="img" aria-label={label}>
      {Array.from({ length: shown }, (_, j) => (
        <Curve key={j} batch={batch} j={j} steps={steps} name={names[j] ?? `${j}`} />
      ))}
      {shown < batch.dim && <p class="hint">and {batch.dim - shown} further dimensions</p>}
    </div>
  );
}

interface CurveProps {
  readonly batch: ActionBatch;
  readonly j: number;
  readonly steps: number | undefined;
  readonly name: string;
}

function Curve({ batch, j, steps, name }: CurveProps) {
  const [min, max] = dimensionRange(batch, j);
  const mark = steps === undefined ? undefined : xOf(Math.max(steps - 1, 0), batch.horizon);
  return (
    <figure>
      <figcaption>
        {name}
        <span class="unit">
          {' '}
          {inWords(count(min))} … {inWords(count(max))}
        </span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
        {Array.from({ length: batch.rows }, (_, row) => (
          <path key={row} d={curveOf(batch, row, j)} />
        ))}
        {mark !== undefined && <path class="mark" d={`M${mark} 0V${HEIGHT}`} />}
      </svg>
    </figure>
  );
}

/** One dimension of a row as an SVG path, from its smallest to its largest value over all rows. */
export function curveOf(batch: ActionBatch, row: number, j: number): string {
  const [min, max] = dimensionRange(batch, j);
  return Array.from({ length: batch.horizon }, (_, h) => {
    const share = max === min ? 0.5 : (at(batch, row, [h, j]) - min) / (max - min);
    return `${h === 0 ? 'M' : 'L'}${xOf(h, batch.horizon)} ${(HEIGHT - 1 - (HEIGHT - 2) * share).toFixed(1)}`;
  }).join('');
}

function xOf(h: number, horizon: number): string {
  return ((WIDTH * h) / Math.max(horizon - 1, 1)).toFixed(1);
}
