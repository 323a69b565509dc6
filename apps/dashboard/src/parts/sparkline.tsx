interface SparklineProps {
  /** Oldest first; what is missing leaves a gap. */
  readonly values: readonly number[];
  /** So many values fill the width; default: as many as there are. */
  readonly capacity?: number;
  /** What is at the upper edge; default: the largest value. */
  readonly top?: number;
}

/** Tenths of a pixel where it is 24 pixels high: paths of integers are the quickest to write and to read. */
const HEIGHT = 240;
const MARGIN = 10;

/** The course of one number without axes, from zero to its largest value. */
export function Sparkline({ values, capacity = values.length, top }: SparklineProps) {
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${Math.max(1, capacity - 1)} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={sparklinePath(values, capacity, top)} />
    </svg>
  );
}

/** The line as an SVG path, a unit wide from value to value; the newest value is at the right edge. */
export function sparklinePath(
  values: readonly number[],
  capacity: number,
  top: number = Math.max(...values.filter(Number.isFinite), 0),
): string {
  const start = Math.max(1, capacity - 1) - (values.length - 1);
  let isDown = false;
  return values
    .map((value, i) => {
      const draws = isDown;
      isDown = Number.isFinite(value);
      if (!isDown) return '';
      const height = top === 0 ? 0 : value / top;
      return `${draws ? 'L' : 'M'}${start + i} ${Math.round(HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * height)}`;
    })
    .join('');
}
