import {
  BETA_SCHEDULES,
  COMPATS,
  InputError,
  PRECONDITIONINGS,
  PREDICTION_TYPES,
  TIMESTEP_SPACINGS,
  type DenoiserConfig,
  type PrecisionReport,
  type RoundedPrecision,
  type MlpDenoiserConfig,
  type NoiseScheduleConfig,
  type SamplingDefaults,
} from '#ddim';
import { z } from 'zod';

const Denoiser = z.object({
  obsSize: z.int(),
  actionDim: z.int(),
  actionHorizon: z.int(),
  numTrainTimesteps: z.int(),
  predictionType: z.enum(PREDICTION_TYPES),
  preconditioning: z.enum(PRECONDITIONINGS),
  sigmaData: z.number().optional(),
  sigmaSkip: z.number().optional(),
}) satisfies z.ZodType<DenoiserConfig>;

const Mlp = Denoiser.extend({ hiddenSize: z.int(), numLayers: z.int() }) satisfies z.ZodType<MlpDenoiserConfig>;

const Schedule = z.object({
  numTrainTimesteps: z.int(),
  betaSchedule: z.enum(BETA_SCHEDULES),
  betaStart: z.number(),
  betaEnd: z.number(),
  trainedBetas: z.array(z.number()).readonly().optional(),
  rescaleBetasZeroSnr: z.boolean(),
  setAlphaToOne: z.boolean(),
}) satisfies z.ZodType<NoiseScheduleConfig>;

const Sampling = z.object({
  numInferenceSteps: z.int(),
  timestepSpacing: z.enum(TIMESTEP_SPACINGS),
  stepsOffset: z.int().optional(),
  eta: z.number(),
  clipSample: z.boolean(),
  clipSampleRange: z.number(),
  thresholding: z.object({ ratio: z.number(), maxValue: z.number() }).nullable(),
  useClippedModelOutput: z.boolean(),
  compat: z.enum(COMPATS).optional(),
}) satisfies z.ZodType<SamplingDefaults>;

/** What one precision costs. */
const Report = z.object({
  rows: z.int(),
  numInferenceSteps: z.int(),
  relativeRms: z.number(),
  largestDifference: z.number(),
  modeChangeRatio: z.number(),
  cpu: z.string(),
}) satisfies z.ZodType<PrecisionReport>;

const Provenance = z.object({
  source: z.enum(['training', 'import']),
  trainingJobId: z.string().optional(),
  dataset: z.object({ name: z.string(), sha256: z.string() }).optional(),
  /** The settings of the training job. */
  settings: z.record(z.string(), z.unknown()).optional(),
  /** The version whose weights it began with. */
  parent: z.object({ name: z.string(), version: z.int(), sha256: z.string() }).optional(),
  backend: z.string().optional(),
  provider: z.string().optional(),
  /** False when training went on with another backend or provider than it began with. */
  bitExact: z.boolean().optional(),
});

/** That the version made a worker hang; nobody runs it any more. */
export const HungMark = z.object({ at: z.string(), reason: z.string() });
export type HungMark = Readonly<z.output<typeof HungMark>>;

/** What a version takes and gives as a policy, for clients that name their observations. */
export const PolicyRecord = z.object({
  observationKeys: z.array(z.string()).optional(),
  unknownKeys: z.enum(['refuse', 'ignore']),
  actionNames: z.array(z.string()).optional(),
  actionUnits: z.array(z.string()).optional(),
  fps: z.number().optional(),
  actionSpace: z.string().optional(),
});
export type PolicyRecord = Readonly<z.output<typeof PolicyRecord>>;

const Version = z.object({
  name: z.string(),
  version: z.int().min(1),
  sha256: z.string(),
  bytes: z.int(),
  paramCount: z.int(),
  schedule: Schedule,
  sampling: Sampling,
  createdAt: z.string(),
  provenance: Provenance,
  metrics: z.record(z.string(), z.number()),
  /** What its training or import was warned of. */
  warnings: z.array(z.object({ code: z.string(), message: z.string() })).optional(),
  /** Lies in a file of its own; see ModelFolder. */
  hung: HungMark.optional(),
  /** As its training or import said; what was said since lies in a file of its own. Absent: nobody said. */
  policy: PolicyRecord.optional(),
  /** Whose the model is, in a file of its own; absent: of the time before there were owners. */
  owner: z.string().optional(),
});

/** Records from before there were others name no format. */
const MlpVersion = Version.extend({
  format: z.literal('safetensors').default('safetensors'),
  config: Mlp,
  conditionDropout: z.number(),
  /** What each precision costs it; absent: not measured. */
  int8: Report.optional(),
  bf16: Report.optional(),
});

const NormalizerArrays = z.object({ scale: z.array(z.number()), offset: z.array(z.number()) });

/** Its file is the ONNX artifact `sha256`. */
export const ImportedVersion = Version.extend({
  format: z.literal('onnx'),
  config: Denoiser,
  nullCondition: z.array(z.number()).optional(),
  observationNormalizer: NormalizerArrays,
  actionNormalizer: NormalizerArrays,
});

/** A version's file; the shape of ModelVersionRecord. */
export const ModelVersionFile = z.union([ImportedVersion, MlpVersion]);

/** Where a model version comes from. */
export type ModelProvenance = Readonly<z.output<typeof Provenance>>;

/**
 * Everything about a version of our own network but its arrays, which are the safetensors artifact `sha256`.
 */
export type MlpVersionRecord = Readonly<z.output<typeof MlpVersion>>;

/** Everything about an imported denoiser but its file, which is the ONNX artifact `sha256`. */
export type ImportedVersionRecord = Readonly<z.output<typeof ImportedVersion>>;

export type ModelVersionRecord = MlpVersionRecord | ImportedVersionRecord;

/** What a precision costs the version, if that was measured; an imported denoiser never was. */
export function precisionReportOf(
  record: ModelVersionRecord,
  precision: RoundedPrecision,
): PrecisionReport | undefined {
  return record.format === 'onnx' ? undefined : record[precision];
}

/** What a job has published, for the job again. @throws InputError `checkpoint_mismatch` for other weights */
export function sameWeights(record: ModelVersionRecord, sha256: string): ModelVersionRecord {
  if (record.sha256 === sha256) return record;
  throw new InputError(
    'checkpoint_mismatch',
    `training job ${record.provenance.trainingJobId} has published ${record.name}@${record.version} with weights ` +
      `${record.sha256}, now came ${sha256}`,
  );
}
