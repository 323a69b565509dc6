interface ScrubberProps {
  /** For screen readers, where no label stands around it. */
  readonly label?: string;
  readonly max: number;
  readonly value: number;
  readonly onMove: (value: number) => void;
}

/** A place among those from zero on, which one moves. */
export function Scrubber({ label, max, value, onMove }: ScrubberProps) {
  return (
    <input
      type="range"
      aria-label={label}
      min="0"
      max={max}
      value={value}
      onInput={({ currentTarget }) => onMove(currentTarget.valueAsNumber)}
    />
  );
}
