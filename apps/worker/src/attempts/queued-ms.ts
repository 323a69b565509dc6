import type { Job } from 'bullmq';
import type { RedisClock } from '#queue';

/**
 * From the job's acceptance, by the clock of Redis, to the start of this attempt, by this machine's: BullMQ
 * asks no other.
 */
export function queuedMs(
  { timestamp, processedOn }: Pick<Job, 'timestamp' | 'processedOn'>,
  clock: RedisClock,
): number {
  return processedOn === undefined ? 0 : Math.max(clock.fromLocal(processedOn) - timestamp, 0);
}
