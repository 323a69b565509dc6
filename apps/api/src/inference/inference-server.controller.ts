import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheckService } from '@nestjs/terminus';
import { InferenceServer } from '#contract';
import { NeedsNoKey } from '../access/needs.js';
import { Readiness } from '../service/health/readiness.js';
import { Refuses } from '../openapi/refuses.js';

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
  @ApiOperation({
    summary: 'What this service is',
    description: 'Names the service and its extensions of the protocol.',
  })
  @ApiOkResponse({ standardSchema: InferenceServer })
  describeInferenceServer(): InferenceServer {
    return SERVER;
  }

  @Get('health/live')
  @ApiOperation({
    summary: 'Whether this process answers',
    description: 'Answers 200 without a body as soon as the process listens.',
  })
  @ApiOkResponse({ description: 'It does' })
  getInferenceLiveness(): void {
    // the status alone answers
  }

  @Get('health/ready')
  @ApiOperation({
    summary: 'Whether requests should be sent here',
    description: 'Answers 200 without a body while Redis and the artifact store can be used.',
  })
  @Refuses('queue_unavailable')
  @ApiOkResponse({ description: 'They should' })
  async getInferenceReadiness(): Promise<void> {
    await this.health.check(this.readiness.checks());
  }
}
