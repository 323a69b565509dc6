import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  fitNormalizer,
  initialParameters,
  InputError,
  modelToTensors,
  type DdimModel,
  type PrecisionReport,
} from '#ddim';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../stores/open-store.js';
import { ArtifactStore } from '../artifacts/artifact-store.js';
import { ModelLoader } from './model-loader.js';
import type { OnnxImportRequest } from './import-request.js';
import { ModelRegistry } from './model-registry.js';
import type { ModelVersionRecord } from './model-version-record.js';
import { encodeSafetensors } from '../formats/safetensors.js';

const MAX_BYTES = 1_000_000;
const report: PrecisionReport = {
  rows: 128,
  numInferenceSteps: 10,
  relativeRms: 0.031,
  largestDifference: 0.2,
  modeChangeRatio: 0.0078125,
  cpu: 'a CPU, avx512_vnni',
};
const file = Uint8Array.of(8, 1, 2, 3, 5, 8);

let root: string;
let registry: ModelRegistry;

const anotherRegistry = () => new ModelRegistry(openStore(root));

/** What a job that another process accepts says of a version, and what a worker makes of it. */
async function another(record: ModelVersionRecord) {
  const loader = new ModelLoader(new ArtifactStore(openStore(root)), anotherRegistry());
  return { loader, reference: await anotherRegistry().refer(record) };
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stride-import-'));
  registry = anotherRegistry();
});

afterEach(() => {
  if (existsSync(join(root, 'tmp'))) expect(readdirSync(join(root, 'tmp'))).toEqual([]);
  rmSync(root, { recursive: true });
});

function model(): DdimModel {
  const config = { obsSize: 2, actionDim: 2, actionHorizon: 3, hiddenSize: 8, numLayers: 1, numTrainTimesteps: 50 };
  const form = { predictionType: 'epsilon', preconditioning: 'none' } as const;
  return {
    config: { ...config, ...form },
    schedule: {
      numTrainTimesteps: 50,
      betaSchedule: 'squaredcos_cap_v2',
      betaStart: 1e-4,
      betaEnd: 0.02,
      rescaleBetasZeroSnr: false,
      setAlphaToOne: true,
    },
    sampling: {
      numInferenceSteps: 10,
      timestepSpacing: 'trailing',
      eta: 0,
      clipSample: true,
      clipSampleRange: 1,
      thresholding: null,
      useClippedModelOutput: false,
    },
    observationNormalizer: fitNormalizer(Float32Array.of(0, 1, 2, 3), 2),
    actionNormalizer: fitNormalizer(Float32Array.of(0, 50, 100, 100), 2),
    conditionDropout: 0.1,
    parameters: initialParameters({ ...config, ...form }, 1),
  };
}

function onnx(more: Partial<OnnxImportRequest> = {}): OnnxImportRequest {
  const { config, ...settings } = model();
  const { hiddenSize: _hidden, numLayers: _layers, ...sizes } = config;
  return {
    name: 'theirs',
    source: file,
    maxBytes: MAX_BYTES,
    settings: {
      ...settings,
      config: sizes,
      nullCondition: [0, 1],
      observationNormalizer: { scale: Float32Array.of(1, 1), offset: Float32Array.of(-1, -2) },
      actionNormalizer: { scale: Float32Array.of(0.02, 0.04), offset: Float32Array.of(-1, -3) },
    },
    inspectFile: () => Promise.resolve({ paramCount: 12 }),
    ...more,
  };
}

function checkpoint(): Uint8Array {
  const { tensors, metadata } = modelToTensors(model());
  return encodeSafetensors(tensors, metadata);
}

describe('an imported checkpoint', () => {
  it('keeps its bytes and is a version like a trained one, in every process that shares the root', async () => {
    const published = await registry.publish({ name: 'pens', model: model(), provenance: { source: 'training' } });
    const source = checkpoint();
    const record = await registry.importCheckpoint({ name: 'pens', source, maxBytes: MAX_BYTES });
    expect(record).toMatchObject({ version: 2, format: 'safetensors', provenance: { source: 'import' } });
    expect(record).toMatchObject({ sha256: published.sha256, bytes: source.length, conditionDropout: 0.1 });
    expect(await anotherRegistry().resolve('pens')).toEqual(record);
    expect(await anotherRegistry().load(record)).toEqual(model());
  });

  it.each([
    ['keeps what int8 and bf16 were found to cost', { int8: report, bf16: { ...report, relativeRms: 0.01 } }],
    ['is taken in although nothing could be measured', undefined],
  ])('%s', async (_, measured) => {
    const asked: DdimModel[] = [];
    const record = await registry.importCheckpoint({
      name: 'pens',
      source: checkpoint(),
      maxBytes: MAX_BYTES,
      measurePrecisions: (imported) => {
        asked.push(imported);
        return Promise.resolve(measured);
      },
    });
    expect(asked).toEqual([model()]);
    const { int8, bf16 } = record;
    expect({ int8, bf16 }).toEqual({ int8: measured?.int8, bf16: measured?.bf16 });
    expect(await anotherRegistry().resolve('pens')).toEqual(record);
  });

  it.each([
    ['is none', file, 'invalid_safetensors'],
    [
      'lacks the settings',
      encodeSafetensors([{ name: 'w', shape: [1], data: Float32Array.of(1) }], {}),
      'unsupported_format',
    ],
    ['is too large', new Uint8Array(MAX_BYTES + 1), 'payload_too_large'],
  ])('that %s leaves nothing', async (_, source, code) => {
    await expect(registry.importCheckpoint({ name: 'pens', source, maxBytes: MAX_BYTES })).rejects.toMatchObject({
      code,
    });
    expect(readdirSync(root)).toEqual(['tmp']);
  });
});

describe('an imported ONNX file', () => {
  it('is looked at where it lies, and given back with its settings in every process', async () => {
    const seen: Buffer[] = [];
    const inspectFile = (path: string) => {
      seen.push(readFileSync(path));
      return Promise.resolve({ paramCount: 12 });
    };
    const request = onnx({ inspectFile });
    const record = await registry.importOnnx(request);
    expect(seen).toEqual([Buffer.from(file)]);
    expect(record).toMatchObject({ name: 'theirs', version: 1, format: 'onnx', paramCount: 12, bytes: file.length });
    const found = await anotherRegistry().resolve('theirs');
    expect(found).toEqual(record);
    const { config, schedule, sampling, nullCondition, observationNormalizer, actionNormalizer } = request.settings;
    const { loader, reference } = await another(found);
    expect(await loader.load(reference)).toEqual({
      config,
      schedule,
      sampling,
      nullCondition,
      observationNormalizer,
      actionNormalizer,
      file,
    });
    expect(await registry.owners()).toEqual(new Set([record.sha256, reference.settings]));
  });

  it('gets a version of its own each time, beside those of other formats', async () => {
    await registry.importOnnx(onnx({ name: 'pens' }));
    await registry.publish({ name: 'pens', model: model(), provenance: { source: 'training' } });
    await registry.importOnnx(onnx({ name: 'pens' }));
    const { versions } = await anotherRegistry().get('pens');
    expect(versions.map(({ version, format }) => [version, format])).toEqual([
      [1, 'onnx'],
      [2, 'safetensors'],
      [3, 'onnx'],
    ]);
    await registry.deleteVersion('pens', 3);
    expect((await anotherRegistry().resolve('pens')).version).toBe(2);
  });

  it.each([
    ['is refused', { inspectFile: () => Promise.reject(new InputError('invalid_onnx', 'no')) }, 'invalid_onnx'],
    ['is too large', { maxBytes: 5 }, 'payload_too_large'],
    ['has other bytes than its sender says', { sha256: '0'.repeat(64) }, 'digest_mismatch'],
  ])('that %s leaves nothing', async (_, more, code) => {
    await expect(registry.importOnnx(onnx(more))).rejects.toMatchObject({ code });
    expect(readdirSync(root)).toEqual(['tmp']);
  });

  it('cannot have a name that leaves its directory', async () => {
    await expect(registry.importOnnx(onnx({ name: '../x' }))).rejects.toMatchObject({ code: 'invalid_id' });
    expect(readdirSync(root)).toEqual([]);
  });
});
