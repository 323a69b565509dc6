import { PRIORITIES, RANGES } from '#ddim';
import { z } from 'zod';
import { list } from '../list.js';
import { integer } from '../ranges.js';
import { SamplingRequest } from '../sampling/sampling-request.js';
import { MAX_TENSOR_ELEMENTS } from '../tensor.js';

const MAX_RANK = 8;
const MAX_TEXT = 256;
const MICROSECONDS = 1_000;

/** Priority of the protocol, the highest first, by which 0 is the default. */
const PRIORITY_LEVELS = PRIORITIES.length;

const { shape } = SamplingRequest;

/** Options of a sampling request, in the protocol's way to write names. */
const options = {
  num_inference_steps: shape.numInferenceSteps,
  eta: shape.eta,
  seed: shape.seed,
  samples_per_observation: shape.samplesPerObservation,
  timestep_spacing: shape.timestepSpacing,
  steps_offset: shape.stepsOffset,
  prev_timestep_rule: shape.prevTimestepRule,
  compat: shape.compat,
  noise_variance: shape.noiseVariance,
  guidance_scale: shape.guidanceScale,
  guidance_rescale: shape.guidanceRescale,
  clip_sample: shape.clipSample,
  clip_sample_range: shape.clipSampleRange,
  use_clipped_model_output: shape.useClippedModelOutput,
  precision: shape.precision,
  supersede_key: shape.supersedeKey,
};

const InferenceParameters = z.strictObject({
  ...options,
  priority: z
    .union([z.int().min(0).max(PRIORITY_LEVELS), z.enum(PRIORITIES)])
    .optional()
    .describe('Class of the job: 1 (interactive), 2 (normal), 3 (bulk) or its name; 0: the default, normal'),
  timeout: integer({ min: 0, max: RANGES.deadlineMs.max * MICROSECONDS })
    .optional()
    .describe('Microseconds from acceptance after which the job fails; 0: none'),
  binary_data_output: z.boolean().optional().describe('Whether outputs come as bytes behind the JSON. Default: false'),
});
type InferenceParameters = z.output<typeof InferenceParameters>;

const InferenceInput = z.strictObject({
  name: z.string().max(MAX_TEXT).describe('Name of the tensor'),
  shape: list(z.int().min(0).max(MAX_TENSOR_ELEMENTS), { max: MAX_RANK }).describe('Sizes, the outermost first'),
  datatype: z.string().max(MAX_TEXT).describe('FP32, INT32 or INT64, as the tensor asks'),
  parameters: z
    .strictObject({
      binary_data_size: z.int().min(0).optional().describe('Bytes of it behind the JSON, in the order of the inputs'),
    })
    .optional()
    .describe('How it travels'),
  data: z
    .array(z.unknown())
    .optional()
    .describe('The numbers, row-major, flat or nested; left out where they follow the JSON as bytes'),
});
export type InferenceInput = z.output<typeof InferenceInput>;

const RequestedOutput = z.strictObject({
  name: z.literal('actions').describe('Name of the tensor'),
  parameters: z
    .strictObject({ binary_data: z.boolean().optional().describe('Whether it comes as bytes behind the JSON') })
    .optional()
    .describe('How it travels'),
});

/** Body of an inference of the Open Inference Protocol, or its JSON part. */
export const InferenceRequest = z
  .strictObject({
    id: z
      .string()
      .max(MAX_TEXT)
      .optional()
      .describe("The client's own name for the request, given back with the answer"),
    parameters: InferenceParameters.prefault({}).describe('Options of the job'),
    inputs: list(InferenceInput, { max: 8 }).describe('The tensors of the request'),
    outputs: list(RequestedOutput, { max: 1 }).optional().describe('The tensors of the answer. Default: all'),
  })
  .meta({
    id: 'InferenceRequest',
    examples: [
      {
        parameters: { num_inference_steps: 10, seed: 7 },
        inputs: [{ name: 'observations', shape: [1, 3], datatype: 'FP32', data: [0.1, -0.4, 0.7] }],
      },
    ],
  });
export type InferenceRequest = z.output<typeof InferenceRequest>;

/** What parameters mean for a sampling request, in its own words; absent where they say nothing. */
export function parameterFields(parameters: InferenceParameters): Record<string, unknown> {
  const { priority = 0, timeout = 0, binary_data_output: _output, ...given } = parameters;
  const named = Object.entries(given).map(([name, value]) => [inCamelCase(name), value]);
  const deadlineMs = timeout > 0 ? Math.ceil(timeout / MICROSECONDS) : undefined;
  const level = typeof priority === 'number' ? PRIORITIES[priority - 1] : priority;
  return { ...Object.fromEntries(named), priority: level, deadlineMs };
}

function inCamelCase(name: string): string {
  return name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
