import { Controller, Get, Global, Headers, Module, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Registry } from 'prom-client';
import { createRegistry, expose } from '#metrics';

/** Prometheus' text format or OpenMetrics at /metrics. */
@ApiExcludeController()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly registry: Registry) {}

  @Get()
  async read(
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { contentType, text } = await expose(this.registry, accept);
    reply.header('Content-Type', contentType);
    return text;
  }
}

/** The process' own registry, for everybody who has something to count. */
@Global()
@Module({ providers: [{ provide: Registry, useFactory: createRegistry }], exports: [Registry] })
export class RegistryModule {}
