import type UPlot from 'uplot';

/** One curve of a plot. */
export interface PlotSeries {
  readonly label: string;
  /** A custom property of the stylesheet: `--accent-1`. */
  readonly color: string;
  readonly isDashed?: boolean;
}

/** How a plot looks, without its data. */
export interface PlotOptions {
  readonly series: readonly PlotSeries[];
  /** What the horizontal axis counts, with its unit. */
  readonly xLabel: string;
  /** What the curves are, with their unit. */
  readonly yLabel: string;
  readonly isLog?: boolean;
}

/** uPlot's own options; colours come from the stylesheet where the plot stands. */
export function plotOptions(
  { series, xLabel, yLabel, isLog = false }: PlotOptions,
  style: CSSStyleDeclaration,
): Omit<UPlot.Options, 'width' | 'height'> {
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--text-soft'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1 },
    font: `11px ${style.fontFamily}`,
    labelFont: `11px ${style.fontFamily}`,
    labelSize: 16,
  };
  return {
    scales: { x: { time: false }, y: { distr: isLog ? LOGARITHMIC : LINEAR } },
    axes: [
      { ...axis, label: xLabel, size: 32 },
      { ...axis, label: yLabel, size: 56, ...(!isLog && { values: (_, places) => places.map(inFigures) }) },
    ],
    series: [
      { label: xLabel, value: newestUnlessRead },
      ...series.map(({ label, color, isDashed }) => ({
        label,
        value: newestUnlessRead,
        stroke: colour(color),
        width: 1.5,
        dash: isDashed ? [4, 4] : undefined,
        points: { show: false },
        spanGaps: true,
      })),
    ],
    cursor: { drag: { x: true, y: false } },
  };
}

/** What the legend shows: the value below the cursor, else the newest. */
function newestUnlessRead(plot: UPlot, value: number | null, series: number): string {
  const all = [...(plot.data[series] ?? [])];
  const shown = value ?? all.findLast((one) => typeof one === 'number');
  return typeof shown === 'number' ? inFigures(shown) : '–';
}

/** Learning rates are too small for the digits that uPlot shows. */
function inFigures(value: number): string {
  return Math.abs(value) < 0.01 && value !== 0 ? value.toExponential(1) : value.toLocaleString('en-US');
}

const LINEAR: UPlot.Scale.Distr = 1;
const LOGARITHMIC: UPlot.Scale.Distr = 3;
