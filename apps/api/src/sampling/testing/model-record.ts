import { samplingOptions } from '#ddim';
import type { ModelVersionRecord } from '#storage';

/** The record of a small model, each time another object; observations [N,2], actions [rows,3,2]. */
export function modelRecord() {
  const numTrainTimesteps = 100;
  const { eta, clipSample, clipSampleRange, thresholding, useClippedModelOutput } = samplingOptions({
    numInferenceSteps: 10,
  });
  return {
    name: 'm',
    version: 1,
    format: 'safetensors',
    sha256: 'a'.repeat(64),
    bytes: 1_000,
    paramCount: 100,
    createdAt: '2026-01-01T00:00:00.000Z',
    provenance: { source: 'import' },
    metrics: {},
    config: {
      obsSize: 2,
      actionDim: 2,
      actionHorizon: 3,
      hiddenSize: 8,
      numLayers: 1,
      numTrainTimesteps,
      predictionType: 'epsilon',
      preconditioning: 'none',
    },
    schedule: {
      numTrainTimesteps,
      betaSchedule: 'linear',
      betaStart: 0.0001,
      betaEnd: 0.02,
      rescaleBetasZeroSnr: false,
      setAlphaToOne: true,
    },
    sampling: {
      numInferenceSteps: 10,
      timestepSpacing: 'trailing',
      eta,
      clipSample,
      clipSampleRange,
      thresholding,
      useClippedModelOutput,
    },
    conditionDropout: 0.1,
  } satisfies ModelVersionRecord;
}
