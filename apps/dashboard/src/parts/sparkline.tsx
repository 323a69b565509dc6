interface SparklineProps {
  /** Oldest first; what is missing leaves a gap. */
  readonly values: readonly number[];
  /** So many values fill the width; default: as many as there are. */
  readonly capacity?: number;
  /** What is at the upper edge; default: the largest value. */
  readonly top?: number;
}

const WIDTH = 120;
const HEIGHT = 24;

/** The course of one number without axes, from zero to its largest value. */
export function Sparkline({ values, capacity = values.length, top }: SparklineProps) {
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={sparklinePath(values, capacity, top)} />
    </svg>
  );
}

/** The line as an SVG path; the newest value is at the right edge. */
export function sparklinePath(
  values: readonly number[],
  capacity: number,
  top: number = Math.max(...values.filter(Number.isFinite), 0),
): string {
  const step = WIDTH / Math.max(1, capacity - 1);
  const start = WIDTH - step * (values.length - 1);
  let isDown = false;
  return values
    .map((value, i) => {
      const draws = isDown;
      isDown = Number.isFinite(value);
      if (!isDown) return '';
      const height = top === 0 ? 0 : value / top;
      return `${draws ? 'L' : 'M'}${(start + step * i).toFixed(1)} ${(HEIGHT - 1 - (HEIGHT - 2) * height).toFixed(1)}`;
    })
    .join('');
}
