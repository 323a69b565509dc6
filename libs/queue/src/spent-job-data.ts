import { TENSORS } from '#contract';

/** Fewer bytes of base64 are left where they are: to write the data anew would cost as much as they do. */
const WORTH_DROPPING = 1_024;

type Fields = Readonly<Record<string, unknown>>;

/**
 * The data of a job that has ended, without the bytes of its inputs, which nobody reads again: 11,000
 * finished jobs of 60 KiB would fill a Redis of 1 GB. Tensors keep their shape, so that a job that somebody
 * puts back by hand fails instead of sampling from nothing.
 * @param data as BullMQ holds it, of whatever release and however valid
 * @returns JSON; undefined when there is little to drop
 */
export function spentJobData(data: unknown): string | undefined {
  if (!isObject(data) || !isObject(data.request)) return undefined;
  let dropped = 0;
  const spent = (tensor: unknown): unknown => {
    if (!isObject(tensor) || typeof tensor.data !== 'string') return tensor; // none, or an artifact
    dropped += tensor.data.length;
    return { ...tensor, data: '' };
  };
  const request: Record<string, unknown> = { ...data.request };
  for (const { path } of TENSORS) {
    const [field, member] = path.split('.');
    const value = request[field];
    if (member === undefined) request[field] = spent(value);
    else if (isObject(value)) request[field] = { ...value, [member]: spent(value[member]) };
  }
  return dropped < WORTH_DROPPING ? undefined : JSON.stringify({ ...data, request });
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
