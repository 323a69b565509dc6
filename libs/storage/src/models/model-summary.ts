import { InputError } from '#ddim';
import type { ModelState } from './model-folder.js';
import type { ModelVersionRecord } from './model-version-record.js';

/** A model: its versions in ascending order, and the version that each alias means. */
export interface ModelSummary {
  readonly name: string;
  readonly versions: readonly ModelVersionRecord[];
  readonly aliases: Readonly<Record<string, number>>;
  /** Whose it is; undefined: of the time before there were owners. */
  readonly owner: string | undefined;
}

export function modelSummary(name: string, { versions, aliases, claim }: ModelState): ModelSummary {
  return { name, versions: [...versions.values()], aliases: Object.fromEntries(aliases), owner: claim?.owner };
}

/** What whoever may not see a model hears, too. */
export function noModel(reference: string): InputError {
  return new InputError('model_not_found', `there is no model ${reference}`, { field: 'model' });
}
