import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { InputError, planForModel, RANGES, samplingOptions, TIMESTEP_SPACINGS } from '#ddim';
import { buildSamplerGraph } from '#onnx';
import { ModelRegistry } from '#storage';

export const SamplerQuery = z.strictObject({
  steps: z.coerce
    .number()
    .int()
    .min(RANGES.numInferenceSteps.min)
    .optional()
    .meta({ description: "Denoising steps; default: the model's own" }),
  eta: z.coerce
    .number()
    .min(RANGES.eta.min)
    .max(RANGES.eta.max)
    .optional()
    .meta({ description: 'Above 0 the file takes its noise as an input' }),
  timestepSpacing: z.enum(TIMESTEP_SPACINGS).optional().describe("How timesteps are picked; default: the model's own"),
});
export type SamplerQuery = z.output<typeof SamplerQuery>;

/** Makes one ONNX file of a whole sampler, for any ONNX runtime. */
@Injectable()
export class SamplerExport {
  constructor(private readonly registry: ModelRegistry) {}

  /** @throws InputError `model_not_found`, `model_not_exportable`, or what the model says of the options */
  async build(reference: string, { steps, eta, timestepSpacing }: SamplerQuery): Promise<Uint8Array> {
    const record = await this.registry.resolve(reference);
    if (record.format === 'onnx')
      throw new InputError(
        'model_not_exportable',
        `${reference} is an imported ONNX file: its sampler cannot be exported, only the file itself as its checkpoint`,
      );
    const model = await this.registry.load(record);
    const { sampling } = model;
    const options = samplingOptions({
      ...sampling,
      numInferenceSteps: steps ?? sampling.numInferenceSteps,
      eta: eta ?? sampling.eta,
      timestepSpacing: timestepSpacing ?? sampling.timestepSpacing,
    });
    return buildSamplerGraph(model, planForModel(model, options));
  }
}
