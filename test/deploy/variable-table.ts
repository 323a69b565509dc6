import { z } from 'zod';
import { environment } from '#server';

/** Which variables the configuration of each process has. */
interface Readers {
  readonly api: readonly string[];
  readonly worker: readonly string[];
}

/** Defaults that differ from machine to machine, or that nobody wants to count. */
const IN_WORDS: Readonly<Record<string, string>> = {
  STRIDE_ARTIFACTS: '`.stride/artifacts`',
  STRIDE_ARTIFACTS_CACHE_BYTES: '10 GiB',
  STRIDE_MODEL_MEMORY: 'half of the memory',
};
const Default = z.union([z.number(), z.boolean(), z.string(), z.array(z.string())]).optional();

/** Every environment variable of the services: who reads it, its default, and what it says. */
export function variableTable(readers: Readers): string {
  const rows = Object.entries(environment).map(([name, schema]) => {
    const value = IN_WORDS[name] ?? inWords(Default.parse(schema.safeParse(undefined).data));
    return `| \`${name}\` | ${readBy(name, readers)} | ${value} | ${schema.description ?? ''} |`;
  });
  return ['| variable | read by | default | meaning |', '|---|---|---|---|', ...rows, ''].join('\n');
}

/** Both read the level of the log and what OpenTelemetry asks for, each before its configuration. */
function readBy(name: string, { api, worker }: Readers): string {
  const [isApi, isWorker] = [api.includes(name), worker.includes(name)];
  return isApi === isWorker ? 'both' : isApi ? 'API' : 'worker';
}

function inWords(value: z.output<typeof Default>): string {
  // ports are names
  if (typeof value === 'number') return value.toLocaleString('en-US', { useGrouping: value > 9_999 });
  const text = Array.isArray(value) ? value.join(',') : `${value ?? ''}`;
  return text === '' ? 'none' : `\`${text}\``;
}
