import {
  paramCount,
  type AffineNormalizer,
  type DdimModel,
  type ImportedModelSettings,
  type PrecisionReports,
  type Warning,
} from '#ddim';
import type { ImportedVersionRecord, MlpVersionRecord, ModelProvenance, PolicyRecord } from './model-version-record.js';

/** A model to publish as the next version of its name. */
export interface PublishRequest {
  readonly name: string;
  readonly model: DdimModel;
  /** One job publishes one version, however often it is repeated. */
  readonly trainingJobId?: string;
  readonly provenance: ModelProvenance;
  /**
   * Measurements to keep with the version, for example `finalLoss`; those that are not finite are left out.
   */
  readonly metrics?: Readonly<Record<string, number | undefined>>;
  readonly warnings?: readonly Warning[];
  /** What other precisions cost it; one that is absent is not offered. */
  readonly precisions?: PrecisionReports | undefined;
  /** What it takes and gives as a policy. */
  readonly policy?: PolicyRecord | undefined;
  /** Asked when the bytes are stored, before they are a version; when it throws, there is none. */
  readonly accept?: ((file: { readonly sha256: string; readonly bytes: number }) => Promise<void>) | undefined;
}

/** Stored bytes, and how many weights they hold. */
interface ImportedFile {
  readonly sha256: string;
  readonly bytes: number;
  readonly paramCount: number;
  readonly warnings?: readonly Warning[] | undefined;
  readonly policy?: PolicyRecord | undefined;
}

/** The record of one of our own models, all but its number. */
export function describeVersion(
  { name, model, trainingJobId, provenance, metrics = {}, warnings = [], precisions, policy }: PublishRequest,
  sha256: string,
  bytes: number,
): Omit<MlpVersionRecord, 'version'> {
  const { config, schedule, sampling, conditionDropout } = model;
  const finite = Object.entries(metrics).filter((entry): entry is [string, number] => Number.isFinite(entry[1]));
  return {
    name,
    format: 'safetensors',
    sha256,
    bytes,
    paramCount: paramCount(config),
    config,
    schedule,
    sampling,
    conditionDropout,
    createdAt: new Date().toISOString(),
    provenance: { ...provenance, ...(trainingJobId === undefined ? {} : { trainingJobId }) },
    metrics: Object.fromEntries(finite),
    ...(warnings.length === 0 ? {} : { warnings: [...warnings] }),
    ...precisions,
    ...(policy && { policy }),
  };
}

/** The record of an imported denoiser, all but its number. */
export function describeImport(
  name: string,
  { config, schedule, sampling, nullCondition, observationNormalizer, actionNormalizer }: ImportedModelSettings,
  file: ImportedFile,
): Omit<ImportedVersionRecord, 'version'> {
  return {
    name,
    format: 'onnx',
    sha256: file.sha256,
    bytes: file.bytes,
    paramCount: file.paramCount,
    config,
    schedule,
    sampling,
    ...(nullCondition === undefined ? {} : { nullCondition: [...nullCondition] }),
    observationNormalizer: arraysOf(observationNormalizer),
    actionNormalizer: arraysOf(actionNormalizer),
    createdAt: new Date().toISOString(),
    provenance: { source: 'import' },
    metrics: {},
    ...(file.warnings && { warnings: [...file.warnings] }),
    ...(file.policy && { policy: file.policy }),
  };
}

function arraysOf({ scale, offset }: AffineNormalizer): ImportedVersionRecord['actionNormalizer'] {
  return { scale: [...scale], offset: [...offset] };
}
