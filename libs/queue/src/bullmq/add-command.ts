import { Job, type JobsOptions, type Queue } from 'bullmq';
import type { ScriptValue } from '../scripts/redis-script.js';

/** Of BullMQ's script; what follows its keys are values. */
const NUM_KEYS = 9;

/** What BullMQ would send to add a job: it adds it through a connection that only takes down the command. */
export async function addCommand(
  queue: Queue,
  { jobId, data, options }: { readonly jobId: string; readonly data: unknown; readonly options: JobsOptions },
): Promise<{ readonly keys: string[]; readonly values: readonly ScriptValue[] }> {
  let sent: readonly ScriptValue[] = [];
  const runCommand = (name: string, values: readonly ScriptValue[]): string => {
    if (!name.startsWith('addPrioritizedJob:')) throw new TypeError(`jobs are added with a priority, not by ${name}`);
    sent = values;
    return jobId;
  };
  const recorder = new Proxy(await queue.getBackend().client, {
    get: (redis, property): unknown => (property === 'runCommand' ? runCommand : Reflect.get(redis, property)),
  });
  await new Job(queue, queue.name, data, { ...options, jobId }, jobId).addJob(recorder);
  return { keys: sent.slice(0, NUM_KEYS).map(String), values: sent.slice(NUM_KEYS) };
}
