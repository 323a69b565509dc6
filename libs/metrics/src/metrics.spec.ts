import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { MacroStepFacts, ModelStats, RequestFacts } from '#engine';
import { ArtifactMetrics } from './artifact-metrics.js';
import { BackendMetrics } from './backend-metrics.js';
import { describeMetrics } from './describe-metrics.js';
import { EngineMetrics } from './engine-metrics.js';
import { GuardMetrics } from './guard-metrics.js';
import { QueueMetrics } from './queue-metrics.js';
import { HttpMetrics } from './http-metrics.js';
import { JobMetrics } from './job-metrics.js';
import { ModelMetrics } from './model-metrics.js';
import { ModelSeries } from './model-series.js';
import { TrainingMetrics } from './training-metrics.js';

const macroStep: MacroStepFacts = {
  model: 'pendigits@1',
  backend: 'onnx',
  provider: 'cpu',
  device: 'cpu',
  thread: 0,
  numRows: 6,
  stepsPerCall: 5,
  rowSteps: 28,
  maxBatchRows: 64,
  seconds: 0.01,
  outsideSeconds: 0.0001,
};

const request: RequestFacts = {
  id: 'smp_1',
  model: 'pendigits@1',
  backend: 'onnx',
  priority: 'normal',
  rows: 4,
  completedRows: 1,
  rowSteps: 40,
  finishReason: 'cancelled',
  errorCode: undefined,
  waitSeconds: 0,
  runSeconds: 0.1,
};

function everyMetric(registry: Registry) {
  return {
    engine: new EngineMetrics(registry),
    jobs: new JobMetrics(registry),
    training: new TrainingMetrics(registry),
    models: new ModelMetrics(registry),
    artifacts: new ArtifactMetrics(registry),
    guards: new GuardMetrics(registry),
    queue: new QueueMetrics(registry),
    http: new HttpMetrics(registry),
    backend: new BackendMetrics(registry),
  };
}

async function valueOf(registry: Registry, line: string): Promise<number> {
  const found = (await registry.metrics()).split('\n').find((candidate) => candidate.startsWith(`${line} `));
  return found === undefined ? Number.NaN : Number(found.slice(line.length + 1));
}

describe('the metrics', () => {
  it('count a macro-step once per backend call, its work in row-steps and its time per step', async () => {
    const registry = new Registry();
    everyMetric(registry).engine.onMacroStep(macroStep);
    const labels = 'model="pendigits@1",backend="onnx"';
    expect(await valueOf(registry, `stride_engine_row_steps_total{${labels}}`)).toBe(28);
    expect(await valueOf(registry, `stride_engine_step_duration_seconds_sum{${labels},device="cpu"}`)).toBe(0.002);
    expect(await valueOf(registry, `stride_engine_step_rows_sum{${labels}}`)).toBe(6);
  });

  it('count the seconds of a backend call once, and once for each of its rows', async () => {
    const registry = new Registry();
    const { engine } = everyMetric(registry);
    engine.onMacroStep({ ...macroStep, numRows: 6, seconds: 0.25 });
    engine.onMacroStep({ ...macroStep, numRows: 64, seconds: 0.5, thread: 1 });
    const labels = 'model="pendigits@1",backend="onnx"';
    expect(await valueOf(registry, `stride_engine_row_seconds_total{${labels}}`)).toBe(6 * 0.25 + 64 * 0.5);
    expect(await valueOf(registry, `stride_engine_busy_seconds_total{${labels}}`)).toBe(0.75);
  });

  it('look up the rows of each model when they are read, and forget a model that is gone', async () => {
    const registry = new Registry();
    const rowsRunning = { interactive: 1, normal: 5, bulk: 0 };
    const pendigits: ModelStats = {
      model: 'pendigits@1',
      status: 'ready',
      memoryBytes: 1,
      rowsRunning,
      rowsWaiting: { interactive: 0, normal: 2, bulk: 7 },
      cost: [],
    };
    const models = [pendigits];
    everyMetric(registry).engine.watch(() => models);
    expect(await valueOf(registry, `stride_engine_rows_running{model="pendigits@1",priority="normal"}`)).toBe(5);
    expect(await valueOf(registry, `stride_engine_rows_waiting{model="pendigits@1",priority="bulk"}`)).toBe(7);
    models.pop();
    expect(await registry.metrics()).not.toMatch(/stride_engine_rows_(running|waiting)\{/);
  });

  it('divide the rows of a request that was cut short between completed and its reason', async () => {
    const registry = new Registry();
    everyMetric(registry).engine.onRequest(request);
    const labels = 'model="pendigits@1",backend="onnx"';
    expect(await valueOf(registry, `stride_samples_total{${labels},finish_reason="completed"}`)).toBe(1);
    expect(await valueOf(registry, `stride_samples_total{${labels},finish_reason="cancelled"}`)).toBe(3);
  });

  it('give a job its queue, run and end-to-end time', async () => {
    const registry = new Registry();
    const { jobs } = everyMetric(registry);
    jobs.finished({ kind: 'sampling', priority: 'normal', status: 'succeeded', queuedSeconds: 1, runSeconds: 2 });
    const labels = '{kind="sampling",priority="normal"}';
    expect(await valueOf(registry, `stride_job_queue_seconds_sum${labels}`)).toBe(1);
    expect(await valueOf(registry, `stride_job_end_to_end_seconds_sum${labels}`)).toBe(3);
    const finished = 'stride_jobs_finished_total{kind="sampling",status="succeeded",error_code="none"}';
    expect(await valueOf(registry, finished)).toBe(1);
  });

  it('forget the gauges of a model when its training ends', async () => {
    const registry = new Registry();
    const { training } = everyMetric(registry);
    training.started('m', 1000);
    training.progress({ model: 'm', step: 1050, secondsPerUpdate: 0.01, loss: 0.5, learningRate: 1e-4 });
    expect(await valueOf(registry, 'stride_training_loss{model="m"}')).toBe(0.5);
    expect(await valueOf(registry, 'stride_training_checkpoint_age_seconds{model="m"}')).toBeGreaterThanOrEqual(0);
    training.ended('m');
    expect(await registry.metrics()).not.toMatch(/stride_training_(loss|checkpoint_age_seconds)\{/);
    expect(await valueOf(registry, 'stride_training_steps_total{model="m"}')).toBe(50);
  });

  it('keep the series of versions that exist and were used within the hour, and of 100 at most', async () => {
    const registry = new Registry();
    const { engine } = everyMetric(registry);
    let now = 0;
    const series = new ModelSeries(registry, () => now);
    const use = (model: string) => {
      engine.onMacroStep({ ...macroStep, model });
      engine.onRequest({ ...request, model });
      series.onRequest({ model });
    };
    const shown = async (model: string) => (await registry.metrics()).includes(`model="${model}"`);
    const sweep = () => series.sweep((model) => Promise.resolve(model !== 'deleted@1'));
    for (const model of ['old@1', 'deleted@1', 'used@1']) use(model);
    await sweep();
    expect([await shown('old@1'), await shown('deleted@1'), await shown('used@1')]).toEqual([true, false, true]);
    now = 3_600_000;
    use('used@1');
    await sweep();
    expect([await shown('old@1'), await shown('used@1')]).toEqual([false, true]);
    for (let version = 1; version <= 100; version++) use(`many@${version}`);
    await sweep();
    expect([await shown('used@1'), await shown('many@1'), await shown('many@100')]).toEqual([false, true, true]);
  });

  it('never throw, and leave out and count what is no number', async () => {
    const registry = new Registry();
    const { engine, jobs, training, models, artifacts, guards, http } = everyMetric(registry);
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1]) {
      engine.onMacroStep({ ...macroStep, seconds: value, numRows: value, rowSteps: value, stepsPerCall: value });
      engine.onRequest({ ...request, rows: value, completedRows: value });
      jobs.finished({ kind: 'sampling', priority: 'x', status: 'failed', queuedSeconds: value, runSeconds: value });
      training.started('m', value);
      training.progress({ model: 'm', step: value, secondsPerUpdate: value, loss: value, learningRate: value });
      training.checkpointed('m', value);
      models.onModel({ model: 'm', event: 'loaded', seconds: value, modelsLoaded: value, loadedBytes: value });
      artifacts.written('result', value, value);
      guards.redisMemory(value);
      http.observe('GET', '/', value, value);
    }
    const text = await registry.metrics();
    expect(text).not.toMatch(/ (NaN|[+-]Inf)$/m);
    const refused = 'stride_metric_values_refused_total{metric="stride_job_queue_seconds"}';
    expect(await valueOf(registry, refused)).toBe(3); // a wait below zero is odd, but a number
    expect(
      await valueOf(registry, 'stride_metric_values_refused_total{metric="stride_artifact_written_bytes_total"}'),
    ).toBe(4);
  });

  it('all have help, a base unit or _total, and a line in the description', async () => {
    const registry = new Registry();
    everyMetric(registry);
    const metrics = await registry.getMetricsAsJSON();
    const description = await describeMetrics(registry);
    for (const { name, help, type } of metrics) {
      expect(help.length).toBeGreaterThan(10);
      expect(description).toContain(`| \`${name}\` |`);
      expect(name.endsWith('_total')).toBe(String(type) === 'counter');
      expect(name).not.toMatch(/_(count|sum|bucket)$|:/);
    }
  });
});
