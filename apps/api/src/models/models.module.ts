import { Module } from '@nestjs/common';
import { ModelsController } from './models.controller.js';
import { SamplerExport } from './sampler-export.js';

@Module({ controllers: [ModelsController], providers: [SamplerExport] })
export class ModelsModule {}
