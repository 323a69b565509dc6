import { Controller, Delete, Get, HttpCode, Param, Put, Req } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Request } from 'express';
import { Dataset, DatasetList, ResourceName } from '#contract';
import { DatasetStore, MAX_DATASET_BYTES } from '#storage';
import { Needs } from '../access/needs.js';
import { declaredSha256 } from '../http/content-digest.js';
import { AcceptsOctetStream } from '../http/json-body.interceptor.js';
import { uploadChunks } from '../http/request-body.js';
import { BINARY } from '../openapi/binary.js';
import { StoreRoom } from '../storage/store-room.js';
import { datasetView } from './dataset-view.js';

@ApiTags('Datasets')
@Needs('jobs:read')
@Controller('v1/datasets')
export class DatasetsController {
  constructor(
    private readonly datasets: DatasetStore,
    private readonly room: StoreRoom,
  ) {}

  @Needs('train')
  @Put(':name')
  @AcceptsOctetStream()
  @HttpCode(201)
  @ApiOperation({ summary: 'Upload `observations [N,obsSize]` and `actions [N,horizon,dim]` as safetensors or npz' })
  @ApiBody({ schema: BINARY })
  @ApiCreatedResponse({ standardSchema: Dataset })
  async putDataset(@Param('name', { schema: ResourceName }) name: string, @Req() request: Request): Promise<Dataset> {
    await this.room.require();
    const chunks = uploadChunks(request, MAX_DATASET_BYTES);
    const sha256 = declaredSha256(request.get('content-digest'));
    return datasetView(await this.datasets.put(name, chunks, { sha256 }));
  }

  @Get()
  @ApiOperation({ summary: 'All datasets by name' })
  @ApiOkResponse({ standardSchema: DatasetList })
  async listDatasets(): Promise<{ items: Dataset[] }> {
    return { items: (await this.datasets.list()).map(datasetView) };
  }

  @Get(':name')
  @ApiOperation({ summary: 'A dataset: counts, shapes, ranges and hash' })
  @ApiOkResponse({ standardSchema: Dataset })
  async getDataset(@Param('name', { schema: ResourceName }) name: string): Promise<Dataset> {
    return datasetView(await this.datasets.get(name));
  }

  @Needs('train')
  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({ summary: 'Forget a dataset; jobs that were accepted before still find its bytes' })
  @ApiNoContentResponse()
  deleteDataset(@Param('name', { schema: ResourceName }) name: string): Promise<void> {
    return this.datasets.delete(name);
  }
}
