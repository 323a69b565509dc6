import { z } from 'zod';

const Sizes = z.array(z.int().min(-1));

const TensorMetadata = z.strictObject({
  name: z.string().describe('Name of the tensor'),
  datatype: z.literal('FP32').describe('Type of the numbers'),
  shape: Sizes.describe('Sizes, the outermost first; -1: any'),
});

const TensorConfig = z.strictObject({
  name: z.string().describe('Name of the tensor'),
  data_type: z.literal('TYPE_FP32').describe('Type of the numbers'),
  dims: Sizes.describe('Sizes without that of the batch'),
});

/** What a service says of itself in the Open Inference Protocol. */
export const InferenceServer = z
  .strictObject({
    name: z.literal('stride').describe('Name of the service'),
    version: z.string().describe('Version of the API'),
    extensions: z.array(z.string()).describe('What it has beyond the protocol'),
  })
  .meta({ id: 'InferenceServer' });
export type InferenceServer = z.output<typeof InferenceServer>;

/** A model in the Open Inference Protocol. */
export const InferenceModel = z
  .strictObject({
    name: z.string().describe('Name of the model'),
    versions: z.array(z.string()).describe('Its versions'),
    platform: z.literal('stride').describe('What runs it'),
    inputs: z.array(TensorMetadata).describe('The tensors that it asks for'),
    outputs: z.array(TensorMetadata).describe('The tensors that it gives'),
  })
  .meta({ id: 'InferenceModel' });
export type InferenceModel = z.output<typeof InferenceModel>;

/** A model in the words of Triton's configurations, as far as clients read them. */
export const InferenceModelConfig = z
  .strictObject({
    name: z.string().describe('Name of the model'),
    platform: z.literal('stride').describe('What runs it'),
    max_batch_size: z.int().min(0).describe('Rows of one request at most; 0: it takes no observations'),
    input: z.array(TensorConfig).describe('The tensors that it asks for'),
    output: z.array(TensorConfig).describe('The tensors that it gives'),
  })
  .meta({ id: 'InferenceModelConfig' });
export type InferenceModelConfig = z.output<typeof InferenceModelConfig>;
