import { found } from '#client';
import { useResource } from '../../data/resource.js';
import { service } from '../../data/service.js';
import { Loaded } from '../../parts/loaded.js';
import { Plot } from '../../parts/plot.js';
import type { PlotSeries } from '../../parts/plot-options.js';

const LOOK_MS = 2_000;
const SERIES: readonly PlotSeries[] = [{ label: 'loss', color: '--accent-1' }];

/** One training run. */
export function TrainingPage({ segments: [id = ''] }: { readonly segments: readonly string[] }) {
  const metrics = useResource(
    async (signal) => found(await service.GET('/v1/training-jobs/{id}/metrics', { params: { path: { id } }, signal })),
    { key: id, everyMs: LOOK_MS },
  );
  return (
    <>
      <h1>{id}</h1>
      <Loaded resource={metrics}>
        {({ items }) => (
          <Plot
            label="Loss by update"
            series={SERIES}
            xLabel="updates"
            yLabel="loss"
            isLog
            x={items.map(({ step }) => step)}
            ys={[items.map(({ loss }) => loss)]}
          />
        )}
      </Loaded>
    </>
  );
}
