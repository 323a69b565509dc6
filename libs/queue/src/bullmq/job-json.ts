import type { JobJson, JobsOptions } from 'bullmq';

/** Few sets of options are used again and again; those that carry a trace are not. */
const MOST_OPTIONS = 100;
const known = new Map<string, JobsOptions>();

/**
 * A job's hash as BullMQ's workers take it.
 * @param fields names and values in turns, as Redis answers them
 */
export function toJobJson(id: string, fields: readonly string[]): JobJson {
  const hash = new Map<string, string>();
  for (let i = 0; i + 1 < fields.length; i += 2) hash.set(fields[i] ?? '', fields[i + 1] ?? '');
  const number = (name: string) => Number.parseInt(hash.get(name) ?? '', 10);
  const count = (name: string) => number(name) || 0;
  return {
    id,
    name: hash.get('name') ?? '',
    data: hash.get('data') ?? '{}',
    opts: optionsOf(hash.get('opts') ?? '{}'),
    progress: JSON.parse(hash.get('progress') ?? '0'),
    delay: number('delay'),
    priority: number('priority'),
    timestamp: number('timestamp'),
    attemptsStarted: count('ats'),
    attemptsMade: count('atm'),
    stalledCounter: count('stc'),
    processedOn: Date.now(), // by the clock that its end goes by
    failedReason: hash.get('failedReason') ?? '',
    deferredFailure: hash.get('defa'),
    stacktrace: hash.get('stacktrace'),
    returnvalue: hash.get('returnvalue') ?? 'null',
  };
}

function optionsOf(text: string): JobsOptions {
  const found = known.get(text);
  if (found !== undefined) return found;
  const { tm: metadata, ...stored } = JSON.parse(text) as JobsOptions & { readonly tm?: string };
  const options = metadata === undefined ? stored : { ...stored, telemetry: { metadata } };
  if (known.size >= MOST_OPTIONS) known.clear();
  known.set(text, options);
  return options;
}
