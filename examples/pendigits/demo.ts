import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createStrideClient, found, type StrideClient } from '#client';
import { contactSheet } from './contact-sheet.js';
import {
  mmdSquared,
  nearestNeighbourAccuracy,
  REAL_ACCURACY,
  REAL_MMD_SQUARED,
  withinDigitVariance,
} from './evaluation.js';
import { DATA_CREDIT, readPenDigits, type PenDigits } from './pen-digits.js';
import { startProgress } from './progress.js';
import { projectRoot } from './project-root.js';
import { countedSince, engineCounters, histogramQuantile, parseMetrics, type EngineCounters } from './prometheus.js';
import { formatReport, type DemoReport } from './report.js';
import { sampleStrokes } from './sampling.js';
import { strokesOf } from './sheet-rows.js';
import { trainModel, uploadDataset } from './training.js';
import { NUM_INFERENCE_STEPS, trainingRequest } from './training-request.js';

export interface DemoOptions {
  /** Address of a running system: `http://127.0.0.1:3000`. */
  readonly apiUrl: string;
  readonly apiKey?: string;
  /** Trains only briefly: shows that everything works, and draws bad digits. */
  readonly quick?: boolean;
  readonly signal?: AbortSignal;
}

const ROWS_PER_JOB = 12;
const CONCURRENCY = 64;
const COLUMNS = 8;
const PICTURE = join('out', 'pendigits.svg');

/**
 * The main job of the whole system, as one of its clients: uploads real pen strokes, trains a policy that
 * writes them, lets it write as many digits as the test writers did, measures how well, and draws a picture.
 * Prints a report.
 */
export async function runDemo(options: DemoOptions): Promise<DemoReport> {
  const client = createStrideClient(options.apiUrl, { apiKey: options.apiKey });
  const startedAt = performance.now();
  console.log('\nPen digits: from real strokes to a model that writes them\n');
  const train = readPenDigits('train');
  const test = readPenDigits('test');
  const [, upload] = await timed(() => uploadDataset(client, train, options.signal));
  const [trained, training] = await timed(() =>
    trainModel(client, trainingRequest(options.quick ?? false), options.signal),
  );
  const [sampled, sampling] = await timed(() => sampleTestDigits(client, trained.model, test, options.signal));
  const { strokes, counters } = sampled;
  const [quality, evaluation] = await timed(() => evaluate(train, test, strokes));
  const total = (performance.now() - startedAt) / 1000;
  const report: DemoReport = {
    seconds: { upload, training, sampling, evaluation, total },
    model: trained.model,
    training: trained,
    sampling: {
      rows: test.count,
      jobs: Math.ceil(test.count / ROWS_PER_JOB),
      concurrency: CONCURRENCY,
      numInferenceSteps: NUM_INFERENCE_STEPS,
      samplesPerSecond: test.count / sampling,
      rowStepsPerSecond: (counters?.rowSteps ?? test.count * NUM_INFERENCE_STEPS) / sampling,
      stepSecondsP50: counters && histogramQuantile(0.5, counters.stepSeconds),
      stepSecondsP95: counters && histogramQuantile(0.95, counters.stepSeconds),
    },
    ...quality,
    picture: PICTURE,
  };
  draw(report, test, strokes);
  console.log(`\n${formatReport(report)}\n`);
  return report;
}

/** Strokes for the labels of the test set, and what the workers counted meanwhile. */
async function sampleTestDigits(
  client: StrideClient,
  model: string,
  { labels, count }: PenDigits,
  signal?: AbortSignal,
): Promise<{ strokes: Float32Array; counters: EngineCounters | undefined }> {
  const before = await readCounters(client);
  const progress = startProgress('sampling', count);
  const onRows = (rows: number) => progress.update(rows, 'strokes');
  const plan = { model, labels, numInferenceSteps: NUM_INFERENCE_STEPS, eta: 0, rowsPerJob: ROWS_PER_JOB };
  const strokes = await sampleStrokes(client, { ...plan, concurrency: CONCURRENCY, signal, onRows }).finally(() =>
    progress.finish(),
  );
  const after = await readCounters(client);
  return { strokes, counters: before && after && countedSince(before, after) };
}

/**
 * From the metrics that every worker serves for Prometheus; undefined when they cannot be reached from here.
 */
async function readCounters(client: StrideClient): Promise<EngineCounters | undefined> {
  const { items } = found(await client.GET('/v1/workers'));
  try {
    const texts = await Promise.all(items.map(async ({ metricsUrl }) => (await fetch(metricsUrl)).text()));
    return engineCounters(texts.flatMap(parseMetrics));
  } catch (error) {
    process.stderr.write(`  metrics of the workers are out of reach: ${String(error)}\n`);
    return undefined;
  }
}

async function evaluate(
  train: PenDigits,
  test: PenDigits,
  strokes: Float32Array,
): Promise<Pick<DemoReport, 'accuracy' | 'mmdSquared' | 'varianceRatio'>> {
  process.stderr.write('  evaluating: nearest neighbours, then MMD\n');
  const sampled = { ...test, strokes };
  return {
    accuracy: nearestNeighbourAccuracy(train, sampled),
    mmdSquared: mmdSquared(strokes, test.strokes),
    varianceRatio: withinDigitVariance(sampled) / withinDigitVariance(test),
  };
}

function draw({ accuracy, mmdSquared: mmd, picture }: DemoReport, test: PenDigits, strokes: Float32Array): void {
  const path = join(projectRoot, picture);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    contactSheet({
      rows: strokesOf(test, strokes, COLUMNS),
      realTitle: 'People the model has never seen',
      sampledTitle: `The model, ${NUM_INFERENCE_STEPS} DDIM steps`,
      captions: [
        `${(100 * accuracy).toFixed(1)} % of ${test.count.toLocaleString('en')} samples read as the digit asked for (real strokes: ${(100 * REAL_ACCURACY).toFixed(1)} %)` +
          ` · MMD² to the real strokes ${mmd.toFixed(4)} (people among themselves: ${REAL_MMD_SQUARED})`,
        'Evenly spread over all writers, not selected · Each stroke is 8 points, drawn in writing order',
        DATA_CREDIT,
      ],
    }),
  );
}

async function timed<T>(run: () => Promise<T>): Promise<readonly [T, number]> {
  const startedAt = performance.now();
  const result = await run();
  return [result, (performance.now() - startedAt) / 1000];
}
