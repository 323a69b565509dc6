import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { jobOptions, STRIDE_PREFIX } from '#queue';

export interface RunningJob {
  readonly token: string;
  readonly attempt: number;
  readonly finish: () => Promise<void>;
}

/** Starts a sampling job on a real BullMQ worker and leaves it running until `finish`. */
export async function runningJob(redis: Redis, id: string): Promise<RunningJob> {
  const connection = redis.duplicate({ maxRetriesPerRequest: null });
  const queue = new Queue('sampling', { connection: redis, prefix: STRIDE_PREFIX });
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const worker = await new Promise<{ bull: Worker; token: string; attempt: number }>((resolve) => {
    const bull: Worker = new Worker(
      'sampling',
      async (job, token) => {
        resolve({ bull, token: token ?? '', attempt: job.attemptsStarted });
        await released;
      },
      { connection, prefix: STRIDE_PREFIX },
    );
    void queue.add('sample', {}, { ...jobOptions.sampling, jobId: id });
  });
  const finish = async () => {
    release();
    await worker.bull.close();
    await queue.close();
    connection.disconnect();
  };
  return { token: worker.token, attempt: worker.attempt, finish };
}
