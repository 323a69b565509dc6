import { z } from 'zod';
import { Alias, ResourceName, Sha256, Timestamp } from '../names.js';
import { PolicyInterface } from '../policies/policy-interface.js';
import { StatedWarning } from '../problem.js';

/** The network's sizes and what it predicts; of an imported denoiser nobody knows the inner ones. */
const ModelConfig = z
  .object({
    obsSize: z.int().describe('Numbers of one observation'),
    actionHorizon: z.int().describe('Steps of one action sequence'),
    actionDim: z.int().describe('Numbers of one step'),
    hiddenSize: z.int().nullable().describe('Width of the network; null: imported'),
    numLayers: z.int().nullable().describe('Blocks of the network; null: imported'),
    numTrainTimesteps: z.int().describe('Timesteps of the noise schedule'),
    predictionType: z.string().describe('What the network predicts'),
    preconditioning: z.string().describe('none or edm'),
  })
  .meta({ id: 'ModelConfig' });

/** `safetensors`: one of our own networks; `onnx`: an imported denoiser. */
export const ModelFormat = z.enum(['safetensors', 'onnx']).meta({ id: 'ModelFormat' });

/**
 * What a precision costs: actions of 128 rows against those of float32, same noise, in units of the data's
 * range [-1, 1].
 */
const PrecisionReport = z
  .strictObject({
    rows: z.int().min(1).describe('Rows that were compared'),
    numInferenceSteps: z.int().min(1).describe('Denoising steps of each'),
    relativeRms: z
      .number()
      .min(0)
      .describe(
        'Root of the mean squared difference, relative to the float32 actions; above 0.05 the precision is refused',
      ),
    largestDifference: z.number().min(0).describe('Largest difference of an element, in normalised action units'),
    modeChangeRatio: z
      .number()
      .min(0)
      .max(1)
      .describe('Share of rows of which a coordinate changed its sign and moved by more than half the range'),
    cpu: z.string().describe('What measured it'),
  })
  .meta({ id: 'PrecisionReport' });

/** That the version made a worker hang; it is not run any more. */
const HungMark = z
  .strictObject({ at: Timestamp.describe('When it hung'), reason: z.string().describe('What happened') })
  .meta({ id: 'HungMark' });

/** One published version of a model. */
export const ModelVersion = z
  .strictObject({
    name: ResourceName.describe('Name of the model'),
    owner: z.string().describe('Whose it is; without keys: default'),
    version: z.int().min(1).describe('Version, from 1'),
    format: ModelFormat.describe('Format of the file that checkpoint downloads'),
    sha256: Sha256.describe('SHA-256 of that file'),
    bytes: z.int().min(0).describe('Bytes of that file'),
    parameters: z.int().min(0).describe('Weights of the network'),
    config: ModelConfig.describe('Sizes of the network and what it predicts'),
    sampling: z.record(z.string(), z.unknown()).describe('Defaults of its sampling requests'),
    guidable: z
      .boolean()
      .describe('False when it was trained without condition dropout, or imported without a null condition'),
    int8: PrecisionReport.nullable().describe('What int8 costs it; null: not measured, so not offered'),
    bf16: PrecisionReport.nullable().describe('What bf16 costs it; null: not measured, so not offered'),
    metrics: z.record(z.string(), z.number()).describe('Losses, steps and seconds of its training'),
    provenance: z
      .record(z.string(), z.unknown())
      .describe('Where it comes from: training or import, dataset, settings'),
    warnings: z.array(StatedWarning).describe('What its training or import was warned of'),
    createdAt: Timestamp.describe('When it was published'),
    hung: HungMark.nullable().describe('Null unless requests for it are refused because it made a worker hang'),
    policy: PolicyInterface.nullable().describe('What it takes and gives as a policy; null: nobody said'),
  })
  .meta({ id: 'ModelVersion' });
export type ModelVersion = z.output<typeof ModelVersion>;

export const Model = z
  .strictObject({
    name: ResourceName.describe('Name of the model'),
    owner: z.string().describe('Whose it is; without keys: default'),
    latestVersion: z.int().min(1).describe('Version that the bare name means'),
    versions: z.array(ModelVersion).describe('Versions, ascending'),
    aliases: z.record(Alias, z.int().min(1)).describe('Version that each alias means'),
  })
  .meta({ id: 'Model' });
export type Model = z.output<typeof Model>;
export const ModelList = z
  .strictObject({ items: z.array(Model).describe('All models by name') })
  .meta({ id: 'ModelList' });
export const AliasRequest = z
  .strictObject({ version: z.int().min(1).describe('Version that the alias is to mean') })
  .meta({ id: 'AliasRequest', examples: [{ version: 3 }] });
