import { Controller, Delete, Get, HttpCode, Param, Put, Query, Req } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Dataset, DatasetList, DatasetRowPage, DatasetStatistics, ResourceName } from '#contract';
import { DatasetStore, MAX_DATASET_BYTES, noDataset } from '#storage';
import { isAdmin, LOCAL_CALLER, RequestCaller, type Caller } from '../access/caller.js';
import { requireName, requireSeen, seesOwned } from '../access/owned.js';
import { Needs } from '../access/needs.js';
import { ArtifactClaims } from '../artifacts/artifact-claims.js';
import { declaredSha256 } from '../http/content-digest.js';
import { AcceptsOctetStream } from '../http/body/body.guard.js';
import { uploadChunks } from '../http/body/request-body.js';
import { BINARY } from '../openapi/binary.js';
import { StoreRoom } from '../storage/store-room.js';
import { DatasetReader, DatasetRowQuery } from './dataset-reader.js';
import { datasetView } from './dataset-view.js';
import { Refuses, STORE_ERRORS, TENSOR_FILE_ERRORS } from '../openapi/refuses.js';

@ApiTags('Datasets')
@Needs('jobs:read')
@Controller('v1/datasets')
export class DatasetsController {
  constructor(
    private readonly datasets: DatasetStore,
    private readonly reader: DatasetReader,
    private readonly room: StoreRoom,
    private readonly claims: ArtifactClaims,
  ) {}

  @Needs('train')
  @Put(':name')
  @AcceptsOctetStream()
  @HttpCode(201)
  @ApiOperation({
    summary: 'Upload `observations [N,obsSize]` and `actions [N,horizon,dim]` as safetensors or npz',
    description:
      'Streams the file to the store, checks every number, and replaces a dataset of the same name. The answer has counts, shapes and ranges, and warnings, for example of dimensions that never move.',
  })
  @Refuses(
    'name_taken',
    'dataset_invalid',
    'decompressed_too_large',
    'invalid_zip',
    'invalid_zip_name',
    ...TENSOR_FILE_ERRORS,
  )
  @ApiBody({ schema: BINARY })
  @ApiCreatedResponse({ standardSchema: Dataset })
  async putDataset(
    @Param('name', { schema: ResourceName }) name: string,
    @RequestCaller() caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<Dataset> {
    await this.room.require();
    await this.requireName(caller, name);
    await this.claims.requireRoom(caller, Number(request.headers['content-length'] ?? 0));
    const chunks = uploadChunks(request.raw, MAX_DATASET_BYTES);
    const sha256 = declaredSha256(request.headers['content-digest']);
    if (caller === LOCAL_CALLER) return datasetView(await this.datasets.put(name, chunks, { sha256 }));
    const mayReplace = (owner: string | undefined) => requireName(caller, name, owner);
    const accept = (file: { sha256: string; bytes: number }) => this.claims.take(caller, file);
    return datasetView(await this.datasets.put(name, chunks, { sha256, owner: caller.owner, mayReplace, accept }));
  }

  @Get()
  @ApiOperation({ summary: 'All datasets by name', description: 'Lists the datasets of the owner of the key by name.' })
  @Refuses(...STORE_ERRORS)
  @ApiOkResponse({ standardSchema: DatasetList })
  async listDatasets(@RequestCaller() caller: Caller): Promise<{ items: Dataset[] }> {
    const datasets = await this.datasets.list();
    return { items: datasets.filter((dataset) => seesOwned(caller, dataset)).map(datasetView) };
  }

  @Get(':name')
  @ApiOperation({
    summary: 'A dataset: counts, shapes, ranges and hash',
    description: 'Shows the number of pairs, shapes, the range of each dimension, and the SHA-256 of a dataset.',
  })
  @Refuses('dataset_not_found', ...STORE_ERRORS)
  @ApiOkResponse({ standardSchema: Dataset })
  async getDataset(
    @Param('name', { schema: ResourceName }) name: string,
    @RequestCaller() caller: Caller,
  ): Promise<Dataset> {
    return datasetView(requireSeen(caller, await this.datasets.get(name), () => noDataset(name)));
  }

  @Get(':name/statistics')
  @ApiOperation({
    summary: 'How the numbers of a dataset spread: range, mean and histogram of each dimension',
    description:
      'Measures every number of the file when it is asked for first. A dimension whose min is its max never moves; steps that are padding count nowhere.',
  })
  @Refuses('dataset_not_found', ...STORE_ERRORS)
  @ApiOkResponse({ standardSchema: DatasetStatistics })
  async getDatasetStatistics(
    @Param('name', { schema: ResourceName }) name: string,
    @RequestCaller() caller: Caller,
  ): Promise<DatasetStatistics> {
    const record = requireSeen(caller, await this.datasets.get(name), () => noDataset(name));
    return this.reader.statistics(record);
  }

  @Get(':name/rows')
  @ApiOperation({
    summary: 'Some rows of a dataset, as many as are wanted and fit into an answer',
    description:
      'Reads rows from `first` on: observations and actions in the units of the data. An answer holds at most 65,536 numbers, so that it may have fewer rows.',
  })
  @Refuses('dataset_not_found', 'limit_exceeded', ...STORE_ERRORS)
  @ApiOkResponse({ standardSchema: DatasetRowPage })
  async getDatasetRows(
    @Param('name', { schema: ResourceName }) name: string,
    @Query({ schema: DatasetRowQuery }) query: DatasetRowQuery,
    @RequestCaller() caller: Caller,
  ): Promise<DatasetRowPage> {
    const record = requireSeen(caller, await this.datasets.get(name), () => noDataset(name));
    return this.reader.rows(record, query);
  }

  @Needs('train')
  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Forget a dataset; jobs that were accepted before still find its bytes',
    description:
      'Removes the name. Jobs that were accepted before still find the bytes, which the hourly sweep removes later.',
  })
  @Refuses('dataset_not_found', ...STORE_ERRORS)
  @ApiNoContentResponse()
  async deleteDataset(
    @Param('name', { schema: ResourceName }) name: string,
    @RequestCaller() caller: Caller,
  ): Promise<void> {
    // whoever sees all may also forget what cannot be read
    if (!isAdmin(caller)) requireSeen(caller, await this.datasets.get(name), () => noDataset(name));
    await this.datasets.delete(name);
  }

  /** Before anything is read; the store asks again before it writes. @throws HttpProblem `name_taken` */
  private async requireName(caller: Caller, name: string): Promise<void> {
    if (isAdmin(caller)) return;
    const known = await this.datasets.find(name);
    if (known !== undefined) requireName(caller, name, known.owner);
  }
}
