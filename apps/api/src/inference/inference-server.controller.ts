import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheckService } from '@nestjs/terminus';
import { InferenceServer } from '#contract';
import { NeedsNoKey } from '../access/needs.js';
import { Readiness } from '../service/health/readiness.js';

const SERVER: InferenceServer = { name: 'stride', version: '1', extensions: ['binary_tensor_data'] };

/** What clients of the Open Inference Protocol ask of a service before they name a model. */
@ApiTags('Open Inference Protocol')
@NeedsNoKey()
@Controller('v2')
export class InferenceServerController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly readiness: Readiness,
  ) {}

  @Get()
  @ApiOperation({ summary: 'What this service is' })
  @ApiOkResponse({ standardSchema: InferenceServer })
  describeInferenceServer(): InferenceServer {
    return SERVER;
  }

  @Get('health/live')
  @ApiOperation({ summary: 'Whether this process answers' })
  @ApiOkResponse({ description: 'It does' })
  getInferenceLiveness(): void {
    // the status alone answers
  }

  @Get('health/ready')
  @ApiOperation({ summary: 'Whether requests should be sent here' })
  @ApiOkResponse({ description: 'They should' })
  async getInferenceReadiness(): Promise<void> {
    await this.health.check(this.readiness.checks());
  }
}
