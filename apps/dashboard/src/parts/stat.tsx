import type { ComponentChildren } from 'preact';
import { Sparkline } from './sparkline.js';
import type { Quantity } from './quantity.js';

interface StatProps {
  readonly label: string;
  readonly quantity: Quantity;
  /** The metric, or the field of the API, that the number is. */
  readonly metric: string;
  /** The values before, oldest first; a line below the number. */
  readonly history?: readonly number[];
  /** So many of them fill the line; default: as many as there are. */
  readonly capacity?: number;
  readonly children?: ComponentChildren;
}

/** One number that is looked at. */
export function Stat({ label, quantity, metric, history, capacity, children }: StatProps) {
  return (
    <div class="stat" title={metric}>
      <span class="label">{label}</span>
      <span class="number">
        {quantity.text}
        <span class="unit"> {quantity.unit}</span>
      </span>
      {history && <Sparkline values={history} capacity={capacity} />}
      {children}
    </div>
  );
}
