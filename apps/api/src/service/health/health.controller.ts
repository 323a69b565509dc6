import { Controller, Get, Req, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheckService } from '@nestjs/terminus';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { NeedsNoKey } from '../../access/needs.js';
import { cameByManagement, ManagementPort } from '../../network/management-port.js';
import { Readiness } from './readiness.js';

const Live = z.strictObject({ status: z.literal('ok').describe('ok') }).meta({ id: 'Live' });

@ApiTags('System')
@NeedsNoKey()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly readiness: Readiness,
    private readonly management: ManagementPort,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The same as /health/live, where clients of vla-eval ask' })
  @ApiOkResponse({ standardSchema: Live })
  getHealth(): z.output<typeof Live> {
    return { status: 'ok' };
  }

  @Get('live')
  @ApiOperation({ summary: 'Whether this process answers; says nothing about Redis' })
  @ApiOkResponse({ standardSchema: Live })
  getLiveness(): z.output<typeof Live> {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Whether requests should be sent here: Redis, its configuration, the artifact store' })
  async getReadiness(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const isForOperators = !this.management.isApart || cameByManagement(request.raw);
    try {
      const { status, ...details } = await this.health.check(this.readiness.checks());
      return isForOperators ? { status, ...details } : { status };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      reply.code(503).header('Retry-After', '2');
      return isForOperators ? error.getResponse() : { status: 'error' };
    }
  }
}
