import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initialParameters, type DdimModel, type ImportedModelSettings, type MlpDenoiserConfig } from '#ddim';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../stores/open-store.js';
import { ArtifactStore } from '../artifacts/artifact-store.js';
import { ModelLoader } from './model-loader.js';
import { ModelRegistry } from './model-registry.js';
import type { ModelVersionRecord } from './model-version-record.js';

const ORPHAN_AGE_MS = 26 * 3_600_000;

const DAY_MS = 86_400_000;

interface Store {
  readonly artifacts: ArtifactStore;
  readonly registry: ModelRegistry;
  readonly loader: ModelLoader;
}

const roots: string[] = [];
let here: Store;

beforeEach(() => void (here = store()));
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

/** A root of its own. */
function store(): Store {
  const root = mkdtempSync(join(tmpdir(), 'stride-loader-'));
  roots.push(root);
  const artifacts = new ArtifactStore(openStore(root));
  const registry = new ModelRegistry(openStore(root));
  return { artifacts, registry, loader: new ModelLoader(artifacts, registry) };
}

describe('A model that a job names', () => {
  it('is the one of its hash or none, where another store has other bytes under the same name and version', async () => {
    const there = store();
    const reference = await here.registry.refer(await publish(here, 1));
    const other = await there.registry.refer(await publish(there, 2));
    expect([other.name, other.version]).toEqual([reference.name, reference.version]);
    expect(await here.loader.load(reference)).toEqual(model(1));
    await expect(there.loader.load(reference)).rejects.toMatchObject({
      code: 'artifact_missing',
      sha256: reference.sha256,
    });
  });

  it.each(['our own', 'imported'] as const)(
    'is found after its version was deleted and swept around: %s',
    async (kind) => {
      const record = kind === 'imported' ? await importOnnx(here, 0.5) : await publish(here, 1);
      const reference = await here.registry.refer(record);
      const before = await here.loader.load(reference);
      await here.registry.deleteVersion(record.name, 1);
      await here.artifacts.sweep(Date.now() + DAY_MS, await here.registry.owners(), ORPHAN_AGE_MS);
      expect(await here.loader.load(reference)).toEqual(before);
      await here.artifacts.sweep(Date.now() + 2 * DAY_MS, await here.registry.owners(), ORPHAN_AGE_MS);
      await expect(here.loader.load(reference)).rejects.toMatchObject({ code: 'artifact_missing' });
    },
  );

  it('has the settings of its own version, also where two versions are the same ONNX file', async () => {
    const first = await here.registry.refer(await importOnnx(here, 0.5));
    const second = await here.registry.refer(await importOnnx(here, 2));
    expect(second.sha256).toBe(first.sha256);
    expect(second.settings).not.toBe(first.settings);
    expect(await here.loader.load(first)).toMatchObject(scaledBy(0.5));
    expect(await here.loader.load(second)).toMatchObject(scaledBy(2));
  });

  it('keeps its settings as long as its version is there', async () => {
    const reference = await here.registry.refer(await importOnnx(here, 0.5));
    await here.artifacts.sweep(Date.now() + 30 * DAY_MS, await here.registry.owners(), ORPHAN_AGE_MS);
    expect(await here.loader.load(reference)).toMatchObject(scaledBy(0.5));
  });

  it('that a job of an earlier release names without settings takes them from its record, if that is of the same file', async () => {
    const { name, version, sha256 } = await importOnnx(here, 0.5);
    const loaded = await here.loader.load({ name, version, sha256 });
    expect(loaded).toMatchObject(scaledBy(0.5));
    await here.registry.importOnnx({ ...imported(0.5), source: Uint8Array.of(8, 7, 18, 9) });
    await expect(here.loader.load({ name, version: 2, sha256 })).rejects.toMatchObject({ code: 'artifact_missing' });
  });

  it('is not accepted when its bytes are not here', async () => {
    const record = await publish(here, 1);
    await here.artifacts.sweep(Date.now() + 30 * DAY_MS, new Set(), ORPHAN_AGE_MS);
    await expect(here.registry.refer(record)).rejects.toMatchObject({ code: 'artifact_missing' });
    await publish(here, 1); // the same bytes again
    expect(await here.registry.refer(record)).toMatchObject({ sha256: record.sha256 });
  });
});

function publish({ registry }: Store, seed: number): Promise<ModelVersionRecord> {
  return registry.publish({ name: 'pens', model: model(seed), provenance: { source: 'training' } });
}

function importOnnx({ registry }: Store, scale: number): Promise<ModelVersionRecord> {
  return registry.importOnnx(imported(scale));
}

const scaledBy = (scale: number) => ({ actionNormalizer: { scale: Float32Array.of(scale, 1, 1) } });

function imported(scale: number): Parameters<ModelRegistry['importOnnx']>[0] {
  const { obsSize, actionHorizon, actionDim, numTrainTimesteps } = config;
  const settings: ImportedModelSettings = {
    config: {
      obsSize,
      actionHorizon,
      actionDim,
      numTrainTimesteps,
      predictionType: 'epsilon',
      preconditioning: 'none',
    },
    schedule: model(1).schedule,
    sampling: model(1).sampling,
    observationNormalizer: { scale: Float32Array.of(1, 1), offset: Float32Array.of(0, 0) },
    actionNormalizer: { scale: Float32Array.of(scale, 1, 1), offset: Float32Array.of(0, 0, 0) },
  };
  const inspectFile = () => Promise.resolve({ paramCount: 1 });
  return { name: 'theirs', settings, inspectFile, maxBytes: 1_000, source: Uint8Array.of(8, 7, 18, 7, 1, 2, 3, 4, 5) };
}

const config: MlpDenoiserConfig = {
  obsSize: 2,
  actionHorizon: 4,
  actionDim: 3,
  hiddenSize: 8,
  numLayers: 1,
  numTrainTimesteps: 50,
  predictionType: 'epsilon',
  preconditioning: 'none',
};

function model(seed: number): DdimModel {
  return {
    config,
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
    observationNormalizer: { scale: Float32Array.of(1, 1), offset: Float32Array.of(0, 0) },
    actionNormalizer: { scale: Float32Array.of(1, 1, 1), offset: Float32Array.of(0, 0, 0) },
    conditionDropout: 0.1,
    parameters: initialParameters(config, seed),
  };
}
