import { StrideSystem, type StrideSystemOptions } from '#system';
import type { Terminal } from './terminal/terminal.js';

/**
 * Starts the system, runs `use` on it, and stops it in order, whatever happens.
 * The first SIGINT, SIGTERM or SIGHUP aborts the signal that `use` gets; the next one ends everything at
 * once.
 * @throws SystemError when the system cannot be started; what `use` throws, unless a stop was asked for
 */
export async function runSystem(
  options: Omit<StrideSystemOptions, 'onNotice'>,
  terminal: Terminal,
  use: (system: StrideSystem, stopRequested: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(1); // takes all children along
    stop.abort();
    terminal.note('Stopping (once more stops at once) ...');
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  terminal.note('Starting ...');
  const onNotice = (part: string, message: string): void =>
    terminal.note(`${terminal.style('yellow', part)}: ${message}`);
  const system = await StrideSystem.start({ ...options, onNotice });
  try {
    await use(system, stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    await system.stop();
    terminal.note('Stopped.');
  }
}

/** Resolves when the signal is aborted. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** What runs where, for people. */
export function describeSystem(system: StrideSystem, terminal: Terminal): string {
  const api = system.apiUrl;
  const [operators] = system.operatorsUrls;
  const metrics = [...system.operatorsUrls.map((url) => `${url}/metrics`), ...system.workerMetrics];
  const rows: [label: string, value: string][] = [
    ...system.apiUrls.map((url, index): [string, string] => [index === 0 ? 'API' : '', url]),
    ...(system.policiesUrl === undefined
      ? []
      : [['Robots', system.policiesUrl.replace(/^http/, 'ws')] as [string, string]]),
    ['Documentation', `${api}/docs`],
    ['Queues', `${operators}/queues`],
    ...metrics.map((url, index): [string, string] => [index === 0 ? 'Metrics' : '', url]),
    ['Redis', system.redisUrl.replace(/\/\/[^/]*@/, '//')], // without the password
    ['Data', system.dataDirectory],
  ];
  const lines = rows.map(([label, value]) => `  ${label.padEnd(14)}${terminal.style('cyan', value)}`);
  return [
    terminal.style('bold', 'Stride is running.'),
    describePage(system, terminal),
    ...lines,
    'Stop it with Ctrl+C.',
  ].join('\n');
}

/** Where the dashboard is: what most people want to see first. */
function describePage({ operatorsUrls: [url] }: StrideSystem, terminal: Terminal): string {
  return `\n  ${terminal.style('bold', `Watch it: ${url}`)}\n`;
}
