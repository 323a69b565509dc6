import { parameterShapes, type DenoiserParameters, type MlpDenoiserConfig } from '#ddim';
import { requireParameter } from '../graph/model-check.js';

/** Where a parameter lies in the memory of its group. */
interface GroupMember {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** Parameters that the training graph reads and updates as one tensor. */
export interface ParameterGroup {
  readonly name: string;
  readonly shape: readonly number[];
  readonly size: number;
  /** Weight decay acts on kernels only. */
  readonly decayed: boolean;
  readonly members: readonly GroupMember[];
}

/**
 * Every kernel is a group; all vectors (biases, gammas, betas) together are one, because a tensor of H
 * numbers costs the optimiser as much as one of 30 times as many. An unconditional model never reads its
 * obs_embed, which belongs to no group.
 */
export function parameterGroups(config: MlpDenoiserConfig): readonly ParameterGroup[] {
  const shapes = parameterShapes(config).filter(({ name }) => config.obsSize > 0 || !name.startsWith('obs_embed.'));
  const kernels = shapes
    .filter(({ shape }) => shape.length === 2)
    .map(({ name, shape }) => {
      const size = sizeOf(shape);
      return { name, shape, size, decayed: true, members: [{ name, offset: 0, size }] };
    });
  let end = 0;
  const members = shapes
    .filter(({ shape }) => shape.length === 1)
    .map(({ name, shape }) => ({ name, offset: (end += sizeOf(shape)) - sizeOf(shape), size: sizeOf(shape) }));
  return [...kernels, { name: 'vectors', shape: [end], size: end, decayed: false, members }];
}

/** A group's numbers, [group.size], out of the parameters by name. */
export function packGroup(group: ParameterGroup, parameters: DenoiserParameters, out: Float32Array): void {
  for (const { name, offset } of group.members) out.set(requireParameter(parameters, name), offset);
}

/** The inverse of packGroup: adds copies, one array per parameter. */
export function unpackGroup(group: ParameterGroup, data: Float32Array, parameters: Map<string, Float32Array>): void {
  for (const { name, offset, size } of group.members) parameters.set(name, data.slice(offset, offset + size));
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}
