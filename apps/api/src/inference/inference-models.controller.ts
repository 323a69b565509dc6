import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { InferenceModel, InferenceModelConfig } from '#contract';
import { ModelRegistry, type ModelVersionRecord } from '#storage';
import { RequestCaller, type Caller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
import { ModelCatalog } from '../storage/model-catalog.js';
import { modelConfig, modelMetadata } from './inference-model.js';
import { InferredModel, InferredVersion, versionOf } from './model-reference.js';
import { MODEL_ERRORS, Refuses } from '../openapi/refuses.js';

/** Models, as clients of the Open Inference Protocol ask for them. */
@ApiTags('Open Inference Protocol')
@Needs('jobs:read')
@Controller('v2/models/:model')
export class InferenceModelsController {
  constructor(
    private readonly models: ModelCatalog,
    private readonly registry: ModelRegistry,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'A model: its versions and tensors',
    description:
      'Shows names, types and shapes of the tensors that a model takes and gives, and its versions. The model is a name or `name@alias`.',
  })
  @Refuses(...MODEL_ERRORS)
  @ApiOkResponse({ standardSchema: InferenceModel })
  async describeInferenceModel(
    @Param('model', { schema: InferredModel }) model: string,
    @RequestCaller() caller: Caller,
  ): Promise<InferenceModel> {
    return this.metadata(await this.models.resolveFor(caller, model));
  }

  @Get('versions/:version')
  @ApiOperation({
    summary: 'The same of a version',
    description: 'Shows names, types and shapes of the tensors that a version takes and gives.',
  })
  @Refuses(...MODEL_ERRORS)
  @ApiOkResponse({ standardSchema: InferenceModel })
  async describeInferenceVersion(
    @Param('model', { schema: InferredModel }) model: string,
    @Param('version', { schema: InferredVersion }) version: string,
    @RequestCaller() caller: Caller,
  ): Promise<InferenceModel> {
    return this.metadata(await this.models.resolveFor(caller, versionOf(model, version)));
  }

  @Get('config')
  @ApiOperation({
    summary: "A model in the words of Triton's configurations",
    description: 'Shows the tensors of a model and its largest batch in the form that clients of Triton read.',
  })
  @Refuses(...MODEL_ERRORS)
  @ApiOkResponse({ standardSchema: InferenceModelConfig })
  async configInferenceModel(
    @Param('model', { schema: InferredModel }) model: string,
    @RequestCaller() caller: Caller,
  ): Promise<InferenceModelConfig> {
    return modelConfig(await this.models.resolveFor(caller, model));
  }

  @Get('versions/:version/config')
  @ApiOperation({
    summary: 'The same of a version',
    description: 'Shows the tensors of a version and its largest batch in the form that clients of Triton read.',
  })
  @Refuses(...MODEL_ERRORS)
  @ApiOkResponse({ standardSchema: InferenceModelConfig })
  async configInferenceVersion(
    @Param('model', { schema: InferredModel }) model: string,
    @Param('version', { schema: InferredVersion }) version: string,
    @RequestCaller() caller: Caller,
  ): Promise<InferenceModelConfig> {
    return modelConfig(await this.models.resolveFor(caller, versionOf(model, version)));
  }

  @Get('ready')
  @ApiOperation({
    summary: 'Whether a model can be asked for',
    description: 'Answers 200 without a body where the model exists and this key may use it.',
  })
  @Refuses(...MODEL_ERRORS)
  @ApiOkResponse({ description: 'It can' })
  async getInferenceModelReadiness(
    @Param('model', { schema: InferredModel }) model: string,
    @RequestCaller() caller: Caller,
  ): Promise<void> {
    await this.models.resolveFor(caller, model);
  }

  @Get('versions/:version/ready')
  @ApiOperation({
    summary: 'The same of a version',
    description: 'Answers 200 without a body where the version exists and this key may use it.',
  })
  @Refuses(...MODEL_ERRORS)
  @ApiOkResponse({ description: 'It can' })
  async getInferenceVersionReadiness(
    @Param('model', { schema: InferredModel }) model: string,
    @Param('version', { schema: InferredVersion }) version: string,
    @RequestCaller() caller: Caller,
  ): Promise<void> {
    await this.models.resolveFor(caller, versionOf(model, version));
  }

  private async metadata(record: ModelVersionRecord): Promise<InferenceModel> {
    return modelMetadata(record, await this.registry.get(record.name));
  }
}
