interface BarProps {
  readonly value: number;
  readonly max: number;
  /** What a screen reader says, and what shows on hover: "step 12 of 50". */
  readonly label: string;
}

/** How far something is. */
export function Bar({ value, max, label }: BarProps) {
  return <progress class="bar" value={value} max={max > 0 ? max : 1} title={label} />;
}
