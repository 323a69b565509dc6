import { found } from '#client';
import { useResource } from '../../data/resource.js';
import { service } from '../../data/service.js';
import { Loaded } from '../../parts/loaded.js';
import { count, span } from '../../parts/quantity.js';
import { Stat } from '../../parts/stat.js';

const LOOK_MS = 1_000;

/** The whole system at this moment. */
export function NowPage() {
  const stats = useResource(async (signal) => found(await service.GET('/v1/stats', { signal })), { everyMs: LOOK_MS });
  return (
    <>
      <h1>Now</h1>
      <Loaded resource={stats}>
        {({ samplesPerSecond, rowStepsPerSecond, stepSeconds, workers }) => (
          <div class="stats">
            <Stat label="Samples" quantity={count(samplesPerSecond, '/s')} metric="samplesPerSecond" />
            <Stat label="Row-steps" quantity={count(rowStepsPerSecond, '/s')} metric="rowStepsPerSecond" />
            <Stat label="Step, median" quantity={span(stepSeconds?.p50)} metric="stepSeconds.p50" />
            <Stat label="Workers" quantity={count(workers)} metric="workers" />
          </div>
        )}
      </Loaded>
    </>
  );
}
