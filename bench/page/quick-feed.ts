import type { LiveSnapshot } from '#contract';

/**
 * A script for a page, before its own: in place of the service's feed one that says something new so often.
 * The page would show nothing of a snapshot that lacks a field, so that the compiler looks at this one.
 */
export function quickFeed(everyMs: number): string {
  return `const nextSnapshot = ${nextSnapshot.toString()};
globalThis.EventSource = class extends EventTarget {
  static CLOSED = 2;
  readyState = 1;
  constructor() {
    super();
    const send = () => this.dispatchEvent(new MessageEvent('snapshot', { data: JSON.stringify(nextSnapshot()) }));
    setTimeout(send);
    this.timer = setInterval(send, ${everyMs});
  }
  close() { clearInterval(this.timer); }
};`;
}

/** Eight workers, every figure new. It runs in the page, where nothing else of this file is. */
function nextSnapshot(): LiveSnapshot {
  const next = () => 1 + Math.random();
  const steps = () => ({ p50: next() / 1e3, p95: next() / 200, p99: next() / 100 });
  const waiting = () => ({ jobs: Math.floor(100 * next()), oldestSeconds: next() });
  const queue = () => ({
    active: 1,
    delayed: 0,
    waiting: { interactive: waiting(), normal: waiting(), bulk: waiting() },
  });
  const worker = (id: string): NonNullable<LiveSnapshot['workers']>[number] => ({
    id,
    host: id,
    startedAt: '',
    lastHeartbeatAt: '',
    queues: [],
    status: 'running',
    pauses: [],
    backend: 'onnx',
    provider: 'cpu',
    providerReason: 'the only one',
    rejectedProviders: [],
    device: 'cpu',
    precisions: ['float32'],
    jobsRunning: 1,
    rowsRunning: 64,
    rowsWaiting: 0,
    seconds: 10,
    rowStepsPerSecond: 1e4 * next(),
    samplesPerSecond: 200 * next(),
    rowsPerStep: 60 * next(),
    stepSeconds: steps(),
    threads: [0, 1].map((thread) => ({ thread, status: 'busy', occupancyRatio: Math.random() })),
    loadRatio: Math.random(),
  });
  return {
    at: '',
    samplesPerSecond: 900 * next(),
    rowStepsPerSecond: 1e4 * next(),
    rowsPerStep: 60 * next(),
    stepSeconds: steps(),
    rowsRunning: 128,
    rowsWaiting: 7,
    workersLive: 8,
    queues: { sampling: queue(), training: queue() },
    workers: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(worker),
  };
}
