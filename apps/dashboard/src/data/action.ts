import { useSignal, type ReadonlySignal } from '@preact/signals';
import { shownError } from './shown-error.js';

/** Something that one can do, and how the last time went. */
interface Action<Args extends readonly unknown[]> {
  readonly isRunning: ReadonlySignal<boolean>;
  /** Why the last time failed. */
  readonly error: ReadonlySignal<Error | undefined>;
  readonly run: (...args: Args) => void;
}

/** Does something when somebody asks for it; what it throws is to be shown. */
export function useAction<Args extends readonly unknown[]>(act: (...args: Args) => Promise<void>): Action<Args> {
  const isRunning = useSignal(false);
  const error = useSignal<Error | undefined>(undefined);
  const attempt = async (...args: Args): Promise<void> => {
    isRunning.value = true;
    try {
      await act(...args);
      error.value = undefined;
    } catch (cause) {
      error.value = shownError(cause);
    } finally {
      isRunning.value = false;
    }
  };
  const run = (...args: Args) => {
    attempt(...args).catch(reportError);
  };
  return { isRunning, error, run };
}
