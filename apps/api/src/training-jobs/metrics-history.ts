import type { JobEvent, TrainingMetricsEvent } from '#jobs';

/**
 * The points of a training run after step `after`, by step. An attempt that goes on from a checkpoint tells steps again that the one
 * before it had told: each step counts once, as it was told last.
 */
export function metricsHistory(events: readonly JobEvent[], after: number): readonly TrainingMetricsEvent[] {
  const points = new Map<number, TrainingMetricsEvent>();
  for (const event of events) if (event.type === 'metrics' && event.step > after) points.set(event.step, event);
  return [...points.values()].sort((left, right) => left.step - right.step);
}
