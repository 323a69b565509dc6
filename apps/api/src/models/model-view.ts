import type { Model, ModelVersion } from '#jobs';
import type { ModelSummary, ModelVersionRecord } from '#storage';

/** A model version as clients see it. */
export function modelVersionView(record: ModelVersionRecord): ModelVersion {
  const { paramCount, conditionDropout, schedule: _schedule, ...shown } = record;
  return { ...shown, parameters: paramCount, guidable: conditionDropout > 0 };
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
