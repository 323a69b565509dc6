import type { JobEvent } from '#contract';
import { serviceUrl } from './service.js';

type Type = JobEvent['type'];

/** Every type of event, and whether the job has ended with it; the compiler asks for each. */
const IS_FINAL: Readonly<Record<Type, boolean>> = {
  queued: false,
  started: false,
  step: false,
  preview: false,
  metrics: false,
  samples: false,
  checkpoint: false,
  paused: false,
  resumed: false,
  succeeded: true,
  failed: true,
  cancelled: true,
};
const RETRY_MS = 2_000;

/**
 * Calls `onEvent` with each event of a job, once and in order, from the oldest that the API has until its end
 * or until the signal aborts. By the browser's own EventSource, which connects again by itself.
 * @param path of the job below the API, such as `v1/training-jobs/trn_…`
 */
export function watchJob(path: string, onEvent: (event: JobEvent) => void, signal: AbortSignal): void {
  const seen = new Set<string>();
  let source: EventSource | undefined;
  const open = (): void => {
    if (signal.aborted) return;
    const opened = new EventSource(new URL(`${path}/events`, serviceUrl));
    source = opened;
    const take = ({ lastEventId, data }: MessageEvent<string>): void => {
      if (seen.has(lastEventId)) return; // a stream that was opened anew tells all from the beginning
      seen.add(lastEventId);
      const event: JobEvent = JSON.parse(data);
      if (IS_FINAL[event.type]) opened.close();
      onEvent(event);
    };
    for (const type of Object.keys(IS_FINAL)) opened.addEventListener(type, take);
    // the browser gives up where it was refused, as by a process that is starting
    opened.addEventListener('error', () => {
      if (opened.readyState === EventSource.CLOSED) setTimeout(open, RETRY_MS);
    });
  };
  open();
  signal.addEventListener('abort', () => source?.close());
}
