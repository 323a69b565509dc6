import { Controller, Get, Req, Res, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { HealthCheckService } from '@nestjs/terminus';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { NeedsNoKey } from '../../access/needs.js';
import { cameByManagement, ManagementPort } from '../../network/management-port.js';
import { Readiness } from './readiness.js';
import { headers } from '../../openapi/response-headers.js';

const Ready = z
  .looseObject({
    status: z.enum(['ok', 'error', 'shutting_down']).describe('ok: send requests here'),
  })
  .meta({ id: 'Ready' });
const NOT_READY = { status: 503, description: 'Send no requests here' };
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
  @ApiOperation({
    summary: 'The same as /health/live, where clients of vla-eval ask',
    description: 'Answers `ok` as soon as the process listens. It says nothing about Redis or workers.',
  })
  @ApiOkResponse({ standardSchema: Live })
  getHealth(): z.output<typeof Live> {
    return { status: 'ok' };
  }

  @Get('live')
  @ApiOperation({
    summary: 'Whether this process answers; says nothing about Redis',
    description: 'Answers `ok` as soon as the process listens. A supervisor restarts a process that does not.',
  })
  @ApiOkResponse({ standardSchema: Live })
  getLiveness(): z.output<typeof Live> {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({
    summary: 'Whether requests should be sent here: Redis, its configuration, the artifact store',
    description:
      'Answers 200 while Redis, its configuration and the artifact store can be used, and 503 otherwise. Where the service has keys, only the management port says which of them fails and why.',
  })
  @ApiOkResponse({ standardSchema: Ready, description: 'Send requests here' })
  @ApiResponse({ ...NOT_READY, headers: headers('X-Request-Id', 'Retry-After'), standardSchema: Ready })
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
