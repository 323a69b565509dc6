import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LiveSnapshot } from '#contract';
import { Authenticator } from '../../access/authenticator.js';
import { isAdmin, RequestCaller, type Caller } from '../../access/caller.js';
import { Needs } from '../../access/needs.js';
import { QueueShards } from '../../queue/queue-shards.js';
import { LiveFeed } from './live-feed.js';

@ApiTags('System')
@Needs('jobs:read')
@Controller('v1/live')
export class LiveController {
  constructor(
    private readonly feed: LiveFeed,
    private readonly authenticator: Authenticator,
    private readonly shards: QueueShards,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Server-sent events: the whole system, once a second',
    description:
      'Sends an event `snapshot` at once and then every second: rates, step durations, queues by class and, to keys with the scope admin, each worker. `unavailable` comes in its place while the queue cannot be read. A key that is revoked meanwhile gets `refused` and the end.',
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ standardSchema: LiveSnapshot, description: 'The data of each event snapshot' })
  watch(@RequestCaller() caller: Caller, @Req() { raw: request }: FastifyRequest, @Res() reply: FastifyReply): void {
    this.shards.requireReady();
    const check = () => this.authenticator.authenticate(request);
    this.feed.watch({ seesWorkers: isAdmin(caller), check }, reply.hijack().raw);
  }
}
