interface BarsProps {
  /** Values in equal parts of a range. */
  readonly counts: readonly number[];
  /** What is counted, for screen readers and on hover. */
  readonly label: string;
}

const HEIGHT = 24;

/** How values spread. */
export function Bars({ counts, label }: BarsProps) {
  return (
    <svg class="histogram" viewBox={`0 0 ${counts.length} ${HEIGHT}`} preserveAspectRatio="none" role="img">
      <title>{label}</title>
      <path d={barsPath(counts)} />
    </svg>
  );
}

/** The bars as one SVG path; whatever is there at all is seen. */
export function barsPath(counts: readonly number[]): string {
  const top = Math.max(...counts, 1);
  return counts
    .map((count, i) =>
      count === 0 ? '' : `M${i} ${HEIGHT}v-${Math.max((HEIGHT * count) / top, 1).toFixed(1)}h0.9V${HEIGHT}z`,
    )
    .join('');
}
