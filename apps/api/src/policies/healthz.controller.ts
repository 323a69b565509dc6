import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { NeedsNoKey } from '../access/needs.js';

@ApiTags('Policies')
@NeedsNoKey()
@Controller('healthz')
export class HealthzController {
  @Get()
  @Header('Content-Type', 'text/plain; charset=utf-8')
  @ApiOperation({
    summary: 'What clients of openpi ask before they connect',
    description: 'Answers `OK` as soon as the process listens. It says nothing about Redis or workers.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string', examples: ['OK\n'] } })
  getHealthz(): string {
    return 'OK\n';
  }
}
