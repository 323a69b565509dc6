import type { LiveWorker } from '#contract';
import { inWords, share } from '../../parts/quantity.js';

/** How busy each engine thread is. */
export function ThreadBars({ threads }: Pick<LiveWorker, 'threads'>) {
  return (
    <span class="threads">
      {threads.map(({ thread, status, occupancyRatio }) => {
        const label = `thread ${thread}: ${inWords(share(occupancyRatio))} busy, ${status}`;
        return <meter key={thread} value={occupancyRatio} title={label} />;
      })}
    </span>
  );
}
