import { z } from 'zod';

const InferenceOutput = z.strictObject({
  name: z.literal('actions').describe('Name of the tensor'),
  datatype: z.literal('FP32').describe('Type of the numbers'),
  shape: z.array(z.int().min(0)).describe('[observations * samples_per_observation, horizon, dim]'),
  parameters: z
    .strictObject({ binary_data_size: z.int().min(0).describe('Bytes of it behind the JSON') })
    .optional()
    .describe('How it travels'),
  data: z.array(z.number()).optional().describe('The numbers, row-major; absent where they follow the JSON as bytes'),
});

/** Answer to an inference, or its JSON part. */
export const InferenceAnswer = z
  .strictObject({
    model_name: z.string().describe('Name of the model'),
    model_version: z.string().describe('Version that was used'),
    id: z.string().optional().describe('As the request said it'),
    parameters: z
      .strictObject({
        job: z.string().describe('Id of the sampling job'),
        seed: z.int().min(0).describe('Seed of its noise: with it the same request gives the same bytes'),
      })
      .describe('What became of the request'),
    outputs: z.array(InferenceOutput).describe('The tensors'),
  })
  .meta({ id: 'InferenceAnswer' });
export type InferenceAnswer = z.output<typeof InferenceAnswer>;

/** A refusal in the Open Inference Protocol. */
export const InferenceError = z
  .strictObject({ error: z.string().describe('Stable code, a colon, and what is wrong in words') })
  .meta({ id: 'InferenceError' });
