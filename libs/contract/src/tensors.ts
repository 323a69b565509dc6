import { z } from 'zod';
import type { SamplingMode } from '#ddim';
import { list } from './list.js';
import { RealTimeChunking, UsedChunking } from './sampling/real-time-chunking.js';
import { JobTensor, Tensor } from './tensor.js';

/** What a tensor of a sampling request is. */
interface RequestTensor {
  /** What one row of it looks like: [obsSize] or [horizon, dim]. */
  readonly like: 'observations' | 'actions';
  /** The user's own, or normalised ones, in which noise is drawn. */
  readonly units: 'own' | 'normalised';
  /**
   * The modes that take it, each with its rows: those of the job, or so many; observations stand for several
   * rows.
   */
  readonly rows: Readonly<Partial<Record<SamplingMode, 'all' | number>>>;
}

/**
 * Every tensor of a sampling request, by its path in it: whatever reads, checks, stores, decodes or drops
 * tensors goes through this list. A warm start has become initialActions once the job is accepted, and the
 * actions of realTimeChunking are shifted.
 */
export const TENSORS = [
  { path: 'observations', like: 'observations', units: 'own', rows: { sample: 'all', encode: 'all', interpolate: 1 } },
  { path: 'initialNoise', like: 'actions', units: 'normalised', rows: { sample: 'all', interpolate: 2 } },
  { path: 'initialActions', like: 'actions', units: 'own', rows: { sample: 'all', encode: 'all' } },
  { path: 'warmStart.previousActions', like: 'actions', units: 'own', rows: { sample: 'all' } },
  { path: 'fixedActions.values', like: 'actions', units: 'own', rows: { sample: 'all' } },
  { path: 'realTimeChunking.previousActions', like: 'actions', units: 'own', rows: { sample: 'all' } },
] as const satisfies readonly (RequestTensor & { readonly path: string })[];
export type TensorPath = (typeof TENSORS)[number]['path'];

/** The tensors of a request in one of their forms, each in its place. */
export interface TensorHolder<Form> {
  readonly observations?: Form;
  readonly initialNoise?: Form;
  readonly initialActions?: Form;
  readonly warmStart?: { readonly previousActions: Form };
  readonly fixedActions?: { readonly values: Form };
  readonly realTimeChunking?: { readonly previousActions: Form };
}

/** The fields of a request that hold tensors, on the wire. */
export const TENSOR_FIELDS = {
  observations: Tensor.optional().describe('[N, obsSize] in their own units; left out for a model that takes none'),
  initialNoise: Tensor.optional().describe(
    'Noise to start from [rows, horizon, dim]; in mode interpolate its two ends. Default: drawn from the seed',
  ),
  initialActions: Tensor.optional().describe(
    'Actions to start from, or in mode encode to invert, [rows, horizon, dim]',
  ),
  warmStart: warmStart().optional().describe('The plan that is being executed, to start from what is left of it'),
  fixedActions: fixedActions().optional().describe('Elements of the actions that are known (in-painting)'),
  realTimeChunking: RealTimeChunking.optional().describe(
    'The plan that is being executed, which the new one is pulled towards where they meet',
  ),
} satisfies Record<keyof TensorHolder<Tensor>, z.ZodType>;

/** The same inside a job. */
export const JOB_TENSOR_FIELDS = {
  observations: JobTensor.optional(),
  initialNoise: JobTensor.optional(),
  initialActions: JobTensor.optional(),
  fixedActions: z.strictObject({ mask: z.array(z.union([z.literal(0), z.literal(1)])), values: JobTensor }).optional(),
  realTimeChunking: z.strictObject({ previousActions: JobTensor, ...UsedChunking.shape }).optional(),
} satisfies Record<Exclude<keyof TensorHolder<JobTensor>, 'warmStart'>, z.ZodType>;

/** How many rows a tensor has in a mode; undefined: the mode does not take it. */
export function rowsIn(mode: SamplingMode, rows: RequestTensor['rows']): 'all' | number | undefined {
  return rows[mode];
}

/** The tensors of a request by their paths. */
export function tensorsOf<Form>(request: TensorHolder<Form>): Readonly<Record<TensorPath, Form | undefined>> {
  return {
    observations: request.observations,
    initialNoise: request.initialNoise,
    initialActions: request.initialActions,
    'warmStart.previousActions': request.warmStart?.previousActions,
    'fixedActions.values': request.fixedActions?.values,
    'realTimeChunking.previousActions': request.realTimeChunking?.previousActions,
  };
}

/** The part of a request that says nothing of tensors. */
export function withoutTensors<Request extends TensorHolder<unknown>>(
  request: Request,
): Omit<Request, keyof TensorHolder<unknown>> {
  const {
    observations: _o,
    initialNoise: _n,
    initialActions: _a,
    warmStart: _w,
    fixedActions: _f,
    realTimeChunking: _r,
    ...rest
  } = request;
  return rest;
}

/** The plan that is being executed, shifted by what was executed of it: what to start from. */
function warmStart() {
  return z
    .strictObject({
      previousActions: Tensor.describe('The plan that is being executed, [rows, horizon, dim]'),
      executedSteps: z.int().min(0).describe('Steps of it that were executed, at most the horizon'),
    })
    .meta({ id: 'WarmStart' });
}

/** In-painting: elements that are known. */
function fixedActions() {
  const known = z.literal([true, false, 0, 1]);
  // The mask travels in the job, which takes fewer numbers than this.
  const bounds = { min: 1, max: 32_768 };
  const step = list(known, bounds);
  return z
    .strictObject({
      mask: z
        .union([step, list(step, bounds)])
        .describe('[horizon] or [horizon, dim]; 1 or true: the element is known'),
      values: Tensor.describe('Known actions [rows, horizon, dim] in their own units; elsewhere ignored'),
    })
    .meta({ id: 'FixedActions' });
}
