import { useEffect, useRef } from 'preact/hooks';
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { plotOptions, type PlotOptions } from './plot-options.js';

interface PlotProps extends PlotOptions {
  /** What the plot shows, for screen readers. */
  readonly label: string;
  /** In the order of time or updates. */
  readonly x: readonly number[];
  /** One for each of `series`, as long as `x`; null leaves a gap. */
  readonly ys: readonly (readonly (number | null)[])[];
  /** Pixels. */
  readonly height?: number;
}

const dark = matchMedia('(prefers-color-scheme: dark)');

/** Curves over a common axis, with a cursor that reads them. */
export function Plot({ label, x, ys, height = 240, ...options }: PlotProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const data = useRef<UPlot.AlignedData>([[]]);
  data.current = [[...x], ...ys.map((values) => [...values])];
  const shape = JSON.stringify([options, height]);

  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const draw = () => {
      plot.current?.destroy();
      const size = { width: element.clientWidth, height };
      plot.current = new UPlot({ ...plotOptions(options, getComputedStyle(element)), ...size }, data.current, element);
    };
    draw();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    dark.addEventListener('change', draw);
    return () => {
      resized.disconnect();
      dark.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape]);

  useEffect(() => plot.current?.setData(data.current), [x, ys]);

  return <div class="plot" ref={place} role="img" aria-label={label} />;
}
