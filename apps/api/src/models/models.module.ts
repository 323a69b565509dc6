import { Module } from '@nestjs/common';
import { ModelImport } from './model-import.js';
import { ModelsController } from './models.controller.js';
import { SamplerExport } from './sampler-export.js';

@Module({ controllers: [ModelsController], providers: [ModelImport, SamplerExport] })
export class ModelsModule {}
