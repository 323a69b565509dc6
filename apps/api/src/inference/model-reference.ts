import { z } from 'zod';
import { Alias, ModelReference } from '#contract';
import { HttpProblem } from '../http/problem.js';

/** A model in the path of the Open Inference Protocol. */
export const InferredModel = ModelReference.describe(
  'Model: its newest version (robot), a version (robot@3) or an alias',
);
/** A version there. */
export const InferredVersion = z
  .union([z.string().regex(/^[1-9][0-9]{0,8}$/), Alias], 'expected a version, from 1, or an alias')
  .describe('Version, from 1, or an alias');

/** The reference of a model's version. @throws HttpProblem `invalid_id` for a model that names one itself */
export function versionOf(model: string, version: string): string {
  if (!model.includes('@')) return `${model}@${version}`;
  throw new HttpProblem('invalid_id', `model: ${model} names a version already`);
}
