import { isGuidable } from '#ddim';
import { DEFAULT_OWNER, PolicyInterface, type Model, type ModelVersion } from '#contract';
import { precisionReportOf, type ModelSummary, type ModelVersionRecord } from '#storage';

/** A model version as clients see it. */
export function modelVersionView(record: ModelVersionRecord): ModelVersion {
  const { name, version, format, sha256, bytes, paramCount, config, sampling, metrics, provenance, createdAt } = record;
  return {
    name,
    owner: record.owner ?? DEFAULT_OWNER,
    version,
    format,
    sha256,
    bytes,
    parameters: paramCount,
    config: { hiddenSize: null, numLayers: null, ...config },
    sampling,
    guidable: isGuidable(record),
    int8: precisionReportOf(record, 'int8') ?? null,
    bf16: precisionReportOf(record, 'bf16') ?? null,
    metrics,
    provenance,
    warnings: record.warnings ?? [],
    createdAt,
    hung: record.hung ?? null,
    policy: record.policy === undefined ? null : PolicyInterface.parse(record.policy),
  };
}

/** A model with all its versions. */
export function modelView({ name, owner = DEFAULT_OWNER, versions, aliases }: ModelSummary): Model {
  return {
    name,
    owner,
    latestVersion: versions.at(-1)?.version ?? 1,
    versions: versions.map(modelVersionView),
    aliases: { ...aliases },
  };
}
