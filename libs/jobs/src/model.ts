import { z } from 'zod';
import { Alias, ResourceName, Sha256, Timestamp } from './names.js';

/** The network's sizes and what it predicts; of an imported denoiser nobody knows the inner ones. */
export const ModelConfig = z
  .object({
    obsSize: z.int(),
    actionHorizon: z.int(),
    actionDim: z.int(),
    hiddenSize: z.int().nullable(),
    numLayers: z.int().nullable(),
    numTrainTimesteps: z.int(),
    predictionType: z.string(),
    preconditioning: z.string(),
  })
  .meta({ id: 'ModelConfig' });

/** `safetensors`: one of our own networks; `onnx`: an imported denoiser. */
export const ModelFormat = z.enum(['safetensors', 'onnx']).meta({ id: 'ModelFormat' });

/** What precision int8 costs: actions of 128 rows against those of float32, same noise, in units of the data's range [-1, 1]. */
export const Int8Report = z
  .strictObject({
    rows: z.int().min(1),
    numInferenceSteps: z.int().min(1),
    /** Root of the mean squared difference, relative to the float32 actions; above 0.05 int8 is refused. */
    relativeRms: z.number().min(0),
    largestDifference: z.number().min(0),
    /** Share of rows of which a coordinate changed its sign and moved by more than half the range. */
    modeChangeRatio: z.number().min(0).max(1),
    /** What measured it. */
    cpu: z.string(),
  })
  .meta({ id: 'Int8Report' });

/** That the version made a worker hang; it is not run any more. */
export const HungMark = z.strictObject({ at: Timestamp, reason: z.string() }).meta({ id: 'HungMark' });

/** One published version of a model. */
export const ModelVersion = z
  .strictObject({
    name: ResourceName,
    version: z.int().min(1),
    /** Of the file that `checkpoint` downloads. */
    format: ModelFormat,
    sha256: Sha256,
    bytes: z.int().min(0),
    parameters: z.int().min(0),
    config: ModelConfig,
    /** Defaults of its sampling requests. */
    sampling: z.record(z.string(), z.unknown()),
    /** False when it was trained without condition dropout, or imported without a null condition. */
    guidable: z.boolean(),
    /** Null: int8 is not offered. */
    int8: Int8Report.nullable(),
    metrics: z.record(z.string(), z.number()),
    provenance: z.record(z.string(), z.unknown()),
    createdAt: Timestamp,
    /** Null unless requests for it are refused. */
    hung: HungMark.nullable(),
  })
  .meta({ id: 'ModelVersion' });
export type ModelVersion = z.output<typeof ModelVersion>;

export const Model = z
  .strictObject({
    name: ResourceName,
    latestVersion: z.int().min(1),
    versions: z.array(ModelVersion),
    aliases: z.record(Alias, z.int().min(1)),
  })
  .meta({ id: 'Model' });
export type Model = z.output<typeof Model>;
export const ModelList = z.strictObject({ items: z.array(Model) }).meta({ id: 'ModelList' });
export const AliasRequest = z.strictObject({ version: z.int().min(1) }).meta({ id: 'AliasRequest' });
