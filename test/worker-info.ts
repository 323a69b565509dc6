import type { WorkerInfo } from '#contract';

/** What an idle sampling worker says about itself. */
export function workerInfo(id: string, more: Partial<WorkerInfo> = {}): WorkerInfo {
  const now = new Date().toISOString();
  return {
    id,
    host: 'h',
    pid: 1,
    startedAt: now,
    lastHeartbeatAt: now,
    queues: ['sampling'],
    status: 'running',
    pauses: [],
    backend: 'onnx',
    provider: 'cpu',
    providerReason: 'no GPU works here',
    device: 'cpu',
    devices: ['cpu'],
    version: '1',
    precisions: ['float32', 'int8'],
    rejectedProviders: [],
    engineThreads: 1,
    jobsRunning: 0,
    rowsRunning: 0,
    rowsWaiting: 0,
    models: [],
    rowStepsTotal: 0,
    rowStepsPerSecond: 0,
    samplesPerSecond: 0,
    stepSeconds: null,
    leastStepSeconds: [],
    recent: null,
    metricsUrl: 'http://127.0.0.1:1/metrics',
    ...more,
  };
}
