import { signal, type ReadonlySignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { LiveSnapshot } from '#contract';
import { serviceUrl } from './service.js';
import { needsLogin, recognise } from './session.js';

/** Two minutes, one snapshot a second. */
export const LIVE_HISTORY = 120;

/** What the system does, as the API sends it once a second. */
interface Live {
  /** The newest snapshots, oldest first. */
  readonly history: ReadonlySignal<readonly LiveSnapshot[]>;
  /** Why there is no news; undefined while there is. */
  readonly problem: ReadonlySignal<string | undefined>;
}

const RETRY_MS = 2_000;

const history = signal<readonly LiveSnapshot[]>([]);
const problem = signal<string | undefined>(undefined);
let watchers = 0;
let source: EventSource | undefined;

/** Follows the live feed as long as a component is shown; all of them share one connection. */
export function useLive(): Live {
  useEffect(() => {
    watchers += 1;
    if (watchers === 1) open();
    return () => {
      watchers -= 1;
      if (watchers === 0) close();
    };
  }, []);
  return { history, problem };
}

/** The newest snapshot, if there is one. */
export function newest(snapshots: readonly LiveSnapshot[]): LiveSnapshot | undefined {
  return snapshots.at(-1);
}

function open(): void {
  source = new EventSource(new URL('v1/live', serviceUrl));
  source.addEventListener('snapshot', ({ data }: MessageEvent<string>) => {
    const snapshot: LiveSnapshot = JSON.parse(data);
    history.value = [...history.value.slice(1 - LIVE_HISTORY), snapshot];
    problem.value = undefined;
  });
  source.addEventListener('unavailable', ({ data }: MessageEvent<string>) => {
    const { detail }: { detail: string } = JSON.parse(data);
    problem.value = detail;
  });
  // the browser tries again by itself, unless it was refused
  source.addEventListener('error', () => {
    problem.value = 'The API does not answer. It is asked again until it does.';
    if (source?.readyState === EventSource.CLOSED) retryUnlessRefused();
  });
}

/** Closed by the browser: refused for want of a session, or as by a process that is starting. */
function retryUnlessRefused(): void {
  const closed = source;
  const retry = (): void => {
    if (source !== closed || needsLogin.value) return;
    close();
    open();
  };
  const later = (): void => {
    setTimeout(retry, RETRY_MS);
  };
  recognise().then(later, later);
}

function close(): void {
  source?.close();
  source = undefined;
  history.value = [];
  problem.value = undefined;
}
