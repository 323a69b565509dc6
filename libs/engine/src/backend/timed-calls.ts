/** A model's native calls, each with its allowance. Knows nothing of what is computed. */

import type { LoadedDenoiser } from './backend.js';
import type { CallTimer } from './call-timer.js';

/** The calls on a loaded model that run on the device. */
export type DenoiserCalls = Pick<LoadedDenoiser, 'advance' | 'encodeObservations'>;

/** The same calls, each with an allowance of its own. */
export function timedCalls(subject: DenoiserCalls, timer: CallTimer): DenoiserCalls {
  return {
    advance: (macroStep) => {
      const networkRows = macroStep.guidance?.source.length ?? macroStep.numRows;
      return timer.time(networkRows * macroStep.stepsPerCall, () => subject.advance(macroStep));
    },
    encodeObservations: (observations, conditions, count) =>
      timer.time(0, () => subject.encodeObservations(observations, conditions, count)),
  };
}
