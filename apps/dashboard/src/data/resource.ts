import { useSignal, type ReadonlySignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { isPassing, shownError } from './shown-error.js';

const RETRY_MS = 2_000;

/** What a page has asked the API for. */
export interface Resource<Value> {
  /** What came last; undefined before the first answer. It stays while newer ones fail. */
  readonly value: ReadonlySignal<Value | undefined>;
  /** Why the last answer is missing. */
  readonly error: ReadonlySignal<Error | undefined>;
  /** Asks again now. */
  readonly reload: () => void;
}

interface ResourceOptions {
  /** Another key is another thing: what is shown is forgotten, and asked for anew. */
  readonly key?: string;
  /** Asked for again so long after each answer; without it only once, or until there is an answer. */
  readonly everyMs?: number;
}

/** Loads something as long as its component is shown. What `load` throws is shown instead. */
export function useResource<Value>(
  load: (signal: AbortSignal) => Promise<Value>,
  { key = '', everyMs }: ResourceOptions = {},
): Resource<Value> {
  const value = useSignal<Value | undefined>(undefined);
  const error = useSignal<Error | undefined>(undefined);
  const latest = useRef(load);
  latest.current = load;
  const ask = useRef(() => {});

  useEffect(() => {
    const ended = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    value.value = undefined;
    error.value = undefined;
    const run = async (): Promise<void> => {
      clearTimeout(timer);
      let next = everyMs;
      try {
        const answer = await latest.current(ended.signal);
        if (ended.signal.aborted) return;
        value.value = answer;
        error.value = undefined;
      } catch (cause) {
        if (ended.signal.aborted) return;
        error.value = shownError(cause);
        if (isPassing(cause)) next ??= RETRY_MS;
      }
      clearTimeout(timer);
      if (next !== undefined) timer = setTimeout(ask.current, next);
    };
    ask.current = () => {
      run().catch(reportError);
    };
    ask.current();
    return () => {
      ended.abort();
      clearTimeout(timer);
    };
  }, [key, everyMs]);

  return { value, error, reload: () => ask.current() };
}
