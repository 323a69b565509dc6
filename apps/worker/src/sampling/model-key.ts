import type { ModelIdentity } from '#storage';

const KEY = /^(?<name>[^@:]+)@(?<version>\d+):(?<sha256>[0-9a-f]{64})(?::(?<settings>[0-9a-f]{64}))?$/;

/** A model version as people know it; a label of metrics, logs and messages. */
export function modelLabel({ name, version }: Pick<ModelIdentity, 'name' | 'version'>): string {
  return `${name}@${version}`;
}

/** A model as the engine distinguishes it from others: other bytes are another model, whatever its name. */
export function modelKey(reference: ModelIdentity): string {
  const { sha256, settings } = reference;
  return [modelLabel(reference), sha256, ...(settings === undefined ? [] : [settings])].join(':');
}

/** @throws TypeError for what modelKey did not make */
export function parseModelKey(key: string): ModelIdentity {
  const { name, version, sha256, settings } = KEY.exec(key)?.groups ?? {};
  if (name === undefined || sha256 === undefined) throw new TypeError(`expected the key of a model, got ${key}`);
  return { name, version: Number(version), sha256, settings };
}

/** The label of a key. */
export function labelOfKey(key: string): string {
  return key.slice(0, key.indexOf(':'));
}
