import { UsageError } from '../errors/cli-error.js';

/** A version of a model, as the command line names it. */
interface ModelVersionName {
  readonly name: string;
  readonly version: number;
}

/** `robot@3` as name and version. @throws UsageError for what names no version by its number */
export function parseModelVersion(reference: string): ModelVersionName {
  const { name, version } = /^(?<name>[^@]+)@(?<version>[1-9][0-9]{0,8})$/.exec(reference)?.groups ?? {};
  if (name !== undefined && version !== undefined) return { name, version: Number(version) };
  throw new UsageError(`expected NAME@VERSION such as robot@3, got ${reference}: stride models list shows both`);
}

/** The path of a version, below the address of the service. */
export function pathOfVersion({ name, version }: ModelVersionName): string {
  return `/v1/models/${encodeURIComponent(name)}/versions/${version}`;
}
