import { Module } from '@nestjs/common';
import { DatasetReader } from './dataset-reader.js';
import { DatasetsController } from './datasets.controller.js';

@Module({ controllers: [DatasetsController], providers: [DatasetReader] })
export class DatasetsModule {}
