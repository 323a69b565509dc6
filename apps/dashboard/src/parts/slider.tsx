import type { ReadonlySignal } from '@preact/signals';

interface SliderProps {
  readonly label: string;
  readonly value: ReadonlySignal<number>;
  readonly onMove: (value: number) => void;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** The field of the request. */
  readonly metric: string;
}

/** A number that one moves, or types. */
export function Slider({ label, value, onMove, min, max, step, metric }: SliderProps) {
  const take = (text: string) => {
    const number = Number(text);
    if (text !== '' && Number.isFinite(number)) onMove(Math.min(Math.max(number, min), max));
  };
  const both = { min, max, step, value: value.value, title: metric };
  return (
    <div class="slider">
      <span class="label">{label}</span>
      <input type="range" aria-label={label} {...both} onInput={({ currentTarget }) => take(currentTarget.value)} />
      <input
        type="number"
        aria-label={`${label}, as a number`}
        {...both}
        step="any"
        onInput={({ currentTarget }) => take(currentTarget.value)}
      />
    </div>
  );
}
