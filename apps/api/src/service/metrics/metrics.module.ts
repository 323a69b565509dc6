import { Module } from '@nestjs/common';
import { ApiMetricsController } from './metrics.controller.js';

@Module({ controllers: [ApiMetricsController] })
export class MetricsModule {}
