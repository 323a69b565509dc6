/**
 * Speed of precision int8 beside float32, at the seed's shape on one thread: milliseconds of CPU per
 * denoising step of B rows; and what int8 and bf16 do to the actions of networks that were trained here on
 * smooth movements. Run: node dist/bench/precision.js [updates]
 */
import { measurePrecisions, type BackendModule, type LoadedDenoiser } from '#engine';
import { normalize } from '#ddim';
import { onnxBackendModule, onnxMeasuredBackendModule } from '#onnx';
import { BENCH_CONFIG, benchMacroStep, benchParameters } from './engine/engine-workload.js';
import { cpuSeconds, describeMachine, median, printMachine, writeReport } from './machine.js';
import { smoothMovements, trainVariant, VARIANTS } from './workloads/smooth-movements.js';

const UPDATES = Number(process.argv[2] ?? 500);
const BATCH_SIZES = [1, 8, 64, 256];
const STEPS_PER_CALL = 5;
const ROUNDS = 9;
const SECONDS_PER_SAMPLE = 0.1;
const MEASURED_ROWS = 128;

/** ms of CPU per step, both precisions in turn: what disturbs one disturbs the other. */
async function stepMs(denoisers: readonly LoadedDenoiser[], rows: number): Promise<number[]> {
  const macroStep = benchMacroStep(rows, STEPS_PER_CALL);
  const start = macroStep.x.slice();
  const samples: number[][] = denoisers.map(() => []);
  for (let round = 0; round <= ROUNDS; round++)
    for (const [i, denoiser] of denoisers.entries()) {
      const before = cpuSeconds();
      let calls = 0;
      do {
        macroStep.x.set(start);
        await denoiser.advance(macroStep);
        calls += 1;
      } while (cpuSeconds() - before < SECONDS_PER_SAMPLE);
      // the first one warms up
      if (round > 0) samples[i].push(((cpuSeconds() - before) * 1_000) / calls / STEPS_PER_CALL);
    }
  return samples.map(median);
}

async function measureSpeed(): Promise<object[]> {
  const onnx: BackendModule = await import(onnxBackendModule);
  const backend = await onnx.createBackend({ providers: ['cpu'] });
  const model = { version: 'bench', config: BENCH_CONFIG, parameters: benchParameters() };
  const denoisers = [await backend.load(model, 'float32'), await backend.load(model, 'int8')];
  console.log(`ms of CPU per step, K = ${STEPS_PER_CALL}, median of ${ROUNDS}`);
  console.log('rows  float32    int8  ratio');
  const results: object[] = [];
  for (const rows of BATCH_SIZES) {
    const [float32, int8] = await stepMs(denoisers, rows);
    const columns = [
      float32.toFixed(3).padStart(8),
      int8.toFixed(3).padStart(7),
      (float32 / int8).toFixed(2).padStart(6),
    ];
    console.log(`${String(rows).padEnd(4)} ${columns.join(' ')}`);
    results.push({ rows, float32, int8, ratio: float32 / int8 });
  }
  await backend.close();
  return results;
}

async function measureErrors(): Promise<object[]> {
  const dataset = smoothMovements();
  const results: object[] = [];
  console.log(`actions of ${MEASURED_ROWS} rows against float32, after ${UPDATES} updates; the data spans [-1, 1]`);
  console.log('predicts      loss         relative rms  largest  rows in another mode');
  for (const variant of VARIANTS) {
    const { model, finalLoss } = await trainVariant(dataset, variant, UPDATES);
    const observations = normalize(
      model.observationNormalizer,
      dataset.observations.subarray(0, MEASURED_ROWS * BENCH_CONFIG.obsSize),
    );
    const reports = await measurePrecisions({ model, observations, backendModule: onnxMeasuredBackendModule });
    const share = (ratio: number, digits: number) => `${(ratio * 100).toFixed(digits)} %`;
    for (const [precision, { relativeRms, largestDifference, modeChangeRatio }] of Object.entries(reports)) {
      const columns = [
        precision,
        share(relativeRms, 2).padStart(14),
        largestDifference.toFixed(3).padStart(8),
        share(modeChangeRatio, 1),
      ];
      console.log(`${variant.name.padEnd(13)} ${finalLoss.toFixed(3)} ${columns.join('  ')}`);
    }
    results.push({ ...variant, finalLoss, reports });
  }
  return results;
}

const machine = describeMachine();
printMachine(machine);
const speed = await measureSpeed();
const errors = await measureErrors();
writeReport('precision', { machine, config: BENCH_CONFIG, updates: UPDATES, speed, errors });
