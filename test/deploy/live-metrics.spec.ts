import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram } from '#system';
import { found, waitForSamplingJob } from '#client';
import { someObservations, trainingRequest, trainTinyModel, uploadTinyDataset } from '../e2e/tiny-model.js';
import { buildLibrary, noStubReason } from '../../libs/cuda/testing/stub-driver.js';
import { ndarray, PolicyClient } from '../policies/policy-client.js';
import { redisAvailable } from '../redis.js';
import { TestStride } from '../stride.js';
import { until } from '../until.js';
import { dashboardExpressions } from './dashboard-expressions.js';
import { prometheusProgram, TestPrometheus } from './prometheus.js';

const promtool = findProgram('promtool');
const DATA_MS = 60_000;
const RULES = [
  'stride:samples:rate1m',
  'stride:engine_row_step_seconds:mean1m',
  'stride:engine_batch_rows:mean1m',
  'stride:engine_step_duration_seconds:p99_5m',
  'stride:job_queue_seconds:p95_5m',
  'ddim_samples_total', // its name in the release before
];

/** Without a compiler there is no stand-in for the driver of GPUs. */
const expressions = dashboardExpressions('5s').filter(({ expr }) => noStubReason === '' || !expr.includes('_device_'));

const hosts = (urls: readonly string[]): string[] => urls.map((url) => new URL(url).host);

describe.skipIf(!redisAvailable || prometheusProgram === undefined || promtool === undefined)(
  "The metrics of a running system (needs Debian's package prometheus)",
  () => {
    let stride: TestStride;
    let nvml: string | undefined;
    let prometheus: TestPrometheus;
    const load = new AbortController();
    let loadEnded: Promise<unknown> = Promise.resolve();

    beforeAll(async () => {
      // the GPUs of a stand-in for NVIDIA's driver, so that their panels have data on every machine
      if (noStubReason === '') nvml = buildLibrary('libnvidia-ml.so.1', ['stub-nvml.c']);
      stride = await TestStride.start({ env: nvml === undefined ? {} : { LD_LIBRARY_PATH: nvml } });
      prometheus = await TestPrometheus.start({
        'stride-api': hosts([stride.url]),
        'stride-worker': { http: `${stride.url}/v1/workers/targets` },
      });
      await uploadTinyDataset(stride.client);
      await trainTinyModel(stride.client, { model: 'tiny' });
      const training = trainingRequest({ model: 'watched', steps: 100_000, checkpointEverySteps: 50 });
      found(await stride.client.POST('/v1/training-jobs', { body: training }));
      loadEnded = Promise.all([...Array.from({ length: 4 }, keepSampling), keepPlanning()]);
    });
    afterAll(async () => {
      load.abort();
      await loadEnded;
      await prometheus.stop();
      await stride.stop();
      if (nvml !== undefined) rmSync(nvml, { recursive: true });
    });

    it.each(expressions)('$panel has data: $expr', async ({ expr }) => {
      await until(
        'a value',
        async () => ((await prometheus.query(expr)).some(Number.isFinite) ? true : undefined),
        DATA_MS,
      );
    });

    it('a worker that starts later is found by itself, under its advertised name and at the port that it took', async () => {
      const workers = async () =>
        (await prometheus.query('up{job="stride-worker"} == 1')).length === 2 ? true : undefined;
      const later = await stride.startWorker({ STRIDE_METRICS_HOST: '0.0.0.0', STRIDE_ADVERTISE_HOST: 'localhost' });
      await until('two workers are scraped', workers, DATA_MS);
      const { port } = new URL(later.metrics);
      expect(await prometheus.query(`up{job="stride-worker", instance="localhost:${port}"}`)).toEqual([1]);
      await stride.stopWorker(later);
    });

    it('the recording rules have data', async () => {
      for (const rule of RULES)
        await until(
          rule,
          async () => ((await prometheus.query(rule)).some(Number.isFinite) ? true : undefined),
          DATA_MS,
        );
    });

    it('promtool finds nothing to say about the names and help texts of our own metrics', async () => {
      for (const url of [`${stride.url}/metrics`, ...stride.workers.map(({ metrics }) => metrics)]) {
        const lines = (await (await fetch(url)).text()).split('\n');
        const ours = lines.filter((line) => /^(# (HELP|TYPE) )?(stride|http)_/.test(line));
        expect(ours.length).toBeGreaterThan(0);
        const { status, stderr } = spawnSync(promtool ?? '', ['check', 'metrics'], {
          input: `${ours.join('\n')}\n`,
          encoding: 'utf8',
        });
        expect({ url, status, stderr }).toEqual({ url, status: 0, stderr: '' });
      }
    });

    it('a bucket of the time that jobs take leads to a job that fell into it', async () => {
      const newest = async () =>
        (await prometheus.exemplars('stride_job_run_seconds_bucket')).find(({ job_id }) => job_id);
      const { job_id: id = '' } = await until('an exemplar', newest, DATA_MS);
      expect(
        (await fetch(`${stride.url}/v1/${id.startsWith('trn_') ? 'training' : 'sampling'}-jobs/${id}`)).status,
      ).toBe(200);
    });

    it('shows NaN in no panel and no rule once nothing happens any more', async () => {
      load.abort();
      await loadEnded;
      const idle = async () =>
        (await prometheus.query('sum(rate(stride_samples_total[5s]))'))[0] === 0 ? true : undefined;
      await until('nothing happens', idle, DATA_MS);
      const notNumbers = [];
      for (const { panel, expr } of [...expressions, ...RULES.map((rule) => ({ panel: 'rule', expr: rule }))])
        if ((await prometheus.query(expr)).some(Number.isNaN)) notNumbers.push(panel);
      expect(notNumbers).toEqual([]);
    });

    /** A robot that asks again as soon as it has its plan, and a client that is refused. */
    async function keepPlanning(): Promise<void> {
      const robot = await PolicyClient.connect(`${stride.url}/v1/policies/tiny`);
      await robot.next();
      while (!load.signal.aborted) {
        await robot.ask({ state: ndarray([0.25, -0.5, 0.75]) });
        await fetch(`${stride.url}/v1/models/unknown`);
      }
      robot.close();
    }

    async function keepSampling(_: unknown, seed: number): Promise<void> {
      const body = { model: 'tiny', observations: someObservations(8), numInferenceSteps: 50, seed };
      while (!load.signal.aborted) {
        const { id } = found(await stride.client.POST('/v1/sampling-jobs', { body }));
        await waitForSamplingJob(stride.client, id);
      }
    }
  },
);
