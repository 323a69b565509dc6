import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PolicySessionList, type PolicySessionInfo } from '#contract';
import { RequestCaller, type Caller } from '../access/caller.js';
import { seesOwned } from '../access/owned.js';
import { Needs } from '../access/needs.js';
import { QueueConnection } from '../queue/queue-connection.js';
import { PolicySessions } from './policy-sessions.js';

@ApiTags('Policies')
@Needs('jobs:read')
@Controller('v1/policy-sessions')
export class PolicySessionsController {
  constructor(
    private readonly sessions: PolicySessions,
    private readonly connection: QueueConnection,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'The sessions of robots that are open, whichever process of the API holds them',
    description:
      'Lists the sessions of the owner of the key on the policy socket: rates, delay in actions, jumps between plans, and what the observations came to.',
  })
  @ApiOkResponse({ standardSchema: PolicySessionList })
  async listPolicySessions(@RequestCaller() caller: Caller): Promise<{ items: PolicySessionInfo[] }> {
    this.connection.requireReady();
    const sessions = await this.sessions.all();
    return { items: sessions.filter((session) => seesOwned(caller, session)) };
  }
}
