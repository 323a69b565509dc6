import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SamplingJobData } from './sampling/sampling-job-data.js';
import { SamplingRequest } from './sampling/sampling-request.js';
import { spentJobData, encodeTensor } from '#queue';
import { JobTensor, Tensor } from './tensor.js';
import { TENSORS, tensorsOf, withoutTensors } from './tensors.js';

const paths = TENSORS.map(({ path }) => path);

/** Paths of the fields of an object that hold a tensor in one of its forms. */
function tensorPaths(object: z.ZodObject, form: z.ZodType): string[] {
  return Object.entries(object.shape).flatMap(([field, schema]) => {
    const inner = unwrapped(schema);
    if (inner._zod.def === form._zod.def) return [field]; // zod clones a schema to describe it
    return inner instanceof z.ZodObject ? tensorPaths(inner, form).map((member) => `${field}.${member}`) : [];
  });
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrapped(schema.unwrap());
  return schema instanceof z.ZodPipe ? unwrapped(schema.in) : schema;
}

/** A request with `tensor` at each of the paths. */
function filled(tensor: unknown) {
  const request: Record<string, unknown> = { model: 'm', seed: 1 };
  for (const path of paths) {
    const [field, member] = path.split('.');
    request[field] = member === undefined ? tensor : { [member]: tensor, mask: [1], executedSteps: 1 };
  }
  return request;
}

describe('the list of a sampling request’s tensors', () => {
  it('names every field that holds one, on the wire and in a job', () => {
    expect(tensorPaths(SamplingRequest, Tensor)).toEqual(paths);
    const inJob = paths.filter((path) => path !== 'warmStart.previousActions');
    expect(tensorPaths(SamplingJobData.shape.request, JobTensor)).toEqual(inJob);
    expect(tensorPaths(SamplingJobData.shape.request, Tensor)).toEqual([]);
  });

  it('finds each of them, and leaves none behind', () => {
    const request = filled('here');
    expect(tensorsOf(request)).toEqual(Object.fromEntries(paths.map((path) => [path, 'here'])));
    expect(withoutTensors(request)).toEqual({ model: 'm', seed: 1 });
  });

  it('is what a job that has ended loses the bytes of', () => {
    const tensor = encodeTensor({ shape: [300], data: new Float32Array(300) });
    const spent = JSON.parse(spentJobData({ request: filled(tensor) }) ?? '');
    expect(spent).toEqual({ request: filled({ ...tensor, data: '' }) });
  });

  it.each([
    ['encode', 'initialNoise', { initialActions: [[[0]]] }],
    ['interpolate', 'initialActions', { samplesPerObservation: 2 }],
  ])('says what mode %s does not take: %s', (mode, field, fields) => {
    const refused = SamplingRequest.safeParse({ model: 'm', mode, ...fields, [field]: [[[0]]] });
    expect(refused.error?.issues).toMatchObject([{ path: [field], message: `has no meaning in mode ${mode}` }]);
  });
});
