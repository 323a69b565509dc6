import { Controller, Get, Global, Header, Module } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Registry } from 'prom-client';
import { createRegistry } from '#metrics';

/** Prometheus' text format at /metrics. */
@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  @Get()
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  read(): Promise<string> {
    return this.registry.metrics();
  }
}

/** The process' own registry, for everybody who has something to count. */
@Global()
@Module({ providers: [{ provide: Registry, useFactory: createRegistry }], exports: [Registry] })
export class RegistryModule {}
