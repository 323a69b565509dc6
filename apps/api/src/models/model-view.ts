import { isGuidable } from '#ddim';
import type { Model, ModelVersion } from '#contract';
import { int8ReportOf, type ModelSummary, type ModelVersionRecord } from '#storage';

/** A model version as clients see it. */
export function modelVersionView(record: ModelVersionRecord): ModelVersion {
  const { name, version, format, sha256, bytes, paramCount, config, sampling, metrics, provenance, createdAt } = record;
  return {
    name,
    version,
    format,
    sha256,
    bytes,
    parameters: paramCount,
    config: { hiddenSize: null, numLayers: null, ...config },
    sampling,
    guidable: isGuidable(record),
    int8: int8ReportOf(record) ?? null,
    metrics,
    provenance,
    warnings: record.warnings ?? [],
    createdAt,
    hung: record.hung ?? null,
  };
}

/** A model with all its versions. */
export function modelView({ name, versions, aliases }: ModelSummary): Model {
  return {
    name,
    latestVersion: versions.at(-1)?.version ?? 1,
    versions: versions.map(modelVersionView),
    aliases: { ...aliases },
  };
}
