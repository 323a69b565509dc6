import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  Param,
  Put,
  Query,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Alias, AliasRequest, Model, ModelList, ModelVersion, PolicyInterface, ResourceName } from '#contract';
import { ArtifactStore, ModelRegistry, noModel, recordedArtifact, type ModelVersionRecord } from '#storage';
import { RequestCaller, requireScope, type Caller } from '../access/caller.js';
import { requireSeen, seesOwned } from '../access/owned.js';
import { Needs } from '../access/needs.js';
import { ArtifactClaims } from '../artifacts/artifact-claims.js';
import { clientGone } from '../http/client-gone.js';
import { sendDownload } from '../http/download.js';
import { AcceptsJson, AcceptsOctetStream } from '../http/body/body.guard.js';
import { BINARY } from '../openapi/binary.js';
import { ModelCatalog } from '../storage/model-catalog.js';
import { ImportQuery, ModelImport } from './model-import.js';
import { requireNamesOfActions } from '../policies/action-names.js';
import { modelVersionView, modelView } from './model-view.js';
import { SamplerExport, SamplerQuery } from './sampler-export.js';
import { MODEL_ERRORS, ONNX_ERRORS, Refuses, STORE_ERRORS, TENSOR_FILE_ERRORS } from '../openapi/refuses.js';
import { headers, NOT_MODIFIED } from '../openapi/response-headers.js';

const Version = z
  .string()
  .regex(/^[1-9][0-9]{0,8}$/, 'expected a version: a whole number from 1')
  .transform(Number)
  .describe('Version, from 1');

@ApiTags('Models')
@Needs('jobs:read')
@Controller('v1/models')
export class ModelsController {
  constructor(
    private readonly registry: ModelRegistry,
    private readonly catalog: ModelCatalog,
    private readonly artifacts: ArtifactStore,
    private readonly samplers: SamplerExport,
    private readonly imports: ModelImport,
    private readonly claims: ArtifactClaims,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'All models by name',
    description: 'Lists the models of the owner of the key by name, with their versions and aliases.',
  })
  @Refuses(...STORE_ERRORS)
  @ApiOkResponse({ standardSchema: ModelList })
  async listModels(@RequestCaller() caller: Caller): Promise<{ items: Model[] }> {
    const models = await this.registry.list();
    return { items: models.filter((model) => seesOwned(caller, model)).map(modelView) };
  }

  @Get(':name')
  @ApiOperation({
    summary: 'A model: its versions and aliases',
    description: 'Shows the versions of a model, newest last, and what its aliases mean.',
  })
  @Refuses(...MODEL_ERRORS)
  @ApiOkResponse({ standardSchema: Model })
  async getModel(
    @Param('name', { schema: ResourceName }) name: string,
    @RequestCaller() caller: Caller,
  ): Promise<Model> {
    return modelView(requireSeen(caller, await this.registry.get(name), () => noModel(name)));
  }

  @Get(':name/versions/:version')
  @ApiOperation({
    summary: 'A version: sizes, sampling defaults, metrics, and where it comes from',
    description:
      'Shows the sizes, noise schedule, sampling defaults, report of precision, metrics and provenance of a version.',
  })
  @Refuses(...MODEL_ERRORS)
  @ApiOkResponse({ standardSchema: ModelVersion })
  async getModelVersion(
    @Param('name', { schema: ResourceName }) name: string,
    @Param('version', { schema: Version }) version: number,
    @RequestCaller() caller: Caller,
  ): Promise<ModelVersion> {
    return modelVersionView(await this.resolve(caller, name, version));
  }

  @Get(':name/versions/:version/checkpoint')
  @ApiOperation({
    summary: 'The file of a version: safetensors, or the ONNX file that was imported',
    description: 'Gives the bytes of a version, which `PUT /v1/models/{name}/versions` takes again anywhere.',
  })
  @Refuses(...MODEL_ERRORS)
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ headers: headers('ETag', 'Cache-Control', 'Content-Disposition'), schema: BINARY })
  @ApiResponse(NOT_MODIFIED)
  async downloadCheckpoint(
    @Param('name', { schema: ResourceName }) name: string,
    @Param('version', { schema: Version }) version: number,
    @RequestCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { sha256, format } = await this.resolve(caller, name, version);
    const file = await recordedArtifact(sha256, () => this.artifacts.open(sha256));
    await sendDownload(reply, file, `${name}-${version}.${format}`);
  }

  @Get(':name/versions/:version/sampler.onnx')
  @Header('Content-Disposition', 'attachment; filename="sampler.onnx"')
  @ApiOperation({
    summary: 'The whole sampler as one ONNX file: observations in, actions out, in the units of the data',
    description:
      'Writes normalisation, network, noise schedule and all denoising steps into one ONNX file for any ONNX runtime. Above `eta` 0 the file takes its noise as an input.',
  })
  @Refuses(...MODEL_ERRORS, 'model_not_exportable', 'epsilon_at_zero_snr', 'limit_exceeded', 'unsupported_option')
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ headers: headers('Content-Disposition'), schema: BINARY })
  async exportSampler(
    @Param('name', { schema: ResourceName }) name: string,
    @Param('version', { schema: Version }) version: number,
    @RequestCaller() caller: Caller,
    @Query({ schema: SamplerQuery }) query: SamplerQuery,
  ): Promise<StreamableFile> {
    await this.resolve(caller, name, version);
    return new StreamableFile(await this.samplers.build(`${name}@${version}`, query));
  }

  @Needs('models:write')
  @Put(':name/versions')
  @AcceptsOctetStream()
  @HttpCode(201)
  @ApiOperation({
    summary: 'Import a model as the next version: a checkpoint of ours, or your own denoiser as ONNX',
    description:
      'Streams the file to the store, tries it in a process of its own, and publishes it as the next version. An ONNX file needs `config`, and a key with the scope `admin`, because workers run its graph.',
  })
  @Refuses(
    'name_taken',
    'invalid_json',
    'checkpoint_mismatch',
    'epsilon_at_zero_snr',
    'artifact_corrupt',
    ...TENSOR_FILE_ERRORS,
    ...ONNX_ERRORS,
  )
  @ApiBody({ schema: BINARY })
  @ApiCreatedResponse({ standardSchema: ModelVersion })
  async importModelVersion(
    @Param('name', { schema: ResourceName }) name: string,
    @Query({ schema: ImportQuery }) query: ImportQuery,
    @RequestCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ModelVersion> {
    // a graph of somebody else's runs in every worker
    if (query.format === 'onnx') requireScope(caller, 'admin');
    await this.claims.requireRoom(caller, Number(request.headers['content-length'] ?? 0));
    await this.catalog.requireName(caller, name);
    const accept = async (file: { sha256: string; bytes: number }) => {
      await this.claims.take(caller, file);
      await this.catalog.claimName(caller, name);
    };
    const record = await this.imports.run(name, query, { caller, request, accept, signal: clientGone(reply.raw) });
    this.catalog.forget();
    return modelVersionView(record);
  }

  @Needs('models:write')
  @Delete(':name/versions/:version')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Take a version away; its number does not come back',
    description:
      'Removes a version and the aliases that mean it. Its number is not given out again. Jobs that were accepted before still run.',
  })
  @Refuses(...MODEL_ERRORS)
  @ApiNoContentResponse()
  async deleteModelVersion(
    @Param('name', { schema: ResourceName }) name: string,
    @Param('version', { schema: Version }) version: number,
    @RequestCaller() caller: Caller,
  ): Promise<void> {
    await this.resolve(caller, name, version);
    await this.registry.deleteVersion(name, version);
    this.catalog.forget();
  }

  @Needs('models:write')
  @Put(':name/aliases/:alias')
  @AcceptsJson()
  @ApiOperation({
    summary: 'Let `name@alias` mean a version from now on',
    description:
      'Makes an alias, or moves it to another version. Jobs that are accepted later use that version; it takes at most a second to be so in all processes.',
  })
  @Refuses(...MODEL_ERRORS)
  @ApiOkResponse({ standardSchema: ModelVersion })
  async setModelAlias(
    @Param('name', { schema: ResourceName }) name: string,
    @Param('alias', { schema: Alias }) alias: string,
    @Body({ schema: AliasRequest }) { version }: { version: number },
    @RequestCaller() caller: Caller,
  ): Promise<ModelVersion> {
    await this.resolve(caller, name, version);
    const record = await this.registry.setAlias(name, alias, version);
    this.catalog.forget();
    return modelVersionView(record);
  }

  @Needs('models:write')
  @Put(':name/versions/:version/policy')
  @AcceptsJson()
  @ApiOperation({
    summary: 'Say what a version takes and gives as a policy, from now on',
    description:
      'Replaces what the version says of itself as a policy: keys of observations, names and units of actions, and rate.',
  })
  @Refuses(...MODEL_ERRORS)
  @ApiOkResponse({ standardSchema: ModelVersion })
  async describePolicy(
    @Param('name', { schema: ResourceName }) name: string,
    @Param('version', { schema: Version }) version: number,
    @Body({ schema: PolicyInterface }) policy: PolicyInterface,
    @RequestCaller() caller: Caller,
  ): Promise<ModelVersion> {
    const { config } = await this.resolve(caller, name, version);
    requireNamesOfActions(policy, config);
    const record = await this.registry.describePolicy(name, version, policy);
    this.catalog.forget();
    return modelVersionView(record);
  }

  /** A version that the caller may see. @throws InputError `model_not_found`; StorageError */
  private async resolve(caller: Caller, name: string, version: number): Promise<ModelVersionRecord> {
    const reference = `${name}@${version}`;
    return requireSeen(caller, await this.registry.resolve(reference), () => noModel(reference));
  }
}
