import { Body, Controller, Get, Header, HttpCode, Param, Post, Put } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiKey,
  ApiKeyId,
  ApiKeyLimits,
  ApiKeyList,
  ApiKeyRotation,
  IssuedApiKey,
  KeyAuditPage,
  NewApiKeyRequest,
} from '#contract';
import { ApiKeys } from '#queue';
import { RequestCaller, type Caller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
import { AcceptsJson } from '../http/body/body.guard.js';
import { HttpProblem } from '../http/problem.js';
import { QueueConnection } from '../queue/queue-connection.js';
import { Refuses } from '../openapi/refuses.js';
import { headers } from '../openapi/response-headers.js';

@Needs('admin')
@ApiTags('Keys')
@Controller('v1/keys')
export class KeysController {
  constructor(
    private readonly keys: ApiKeys,
    private readonly connection: QueueConnection,
  ) {}

  @Post()
  @AcceptsJson()
  @HttpCode(201)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Make a key; the answer shows it this once',
    description:
      'Makes an API key for an owner, with scopes and an optional end. The answer is the only one that ever shows the key; it is kept as a hash.',
  })
  @ApiCreatedResponse({ headers: headers('Cache-Control'), standardSchema: IssuedApiKey })
  async createKey(
    @Body({ schema: NewApiKeyRequest }) request: NewApiKeyRequest,
    @RequestCaller() { keyId }: Caller,
  ): Promise<IssuedApiKey> {
    this.connection.requireReady();
    const issued = await this.keys.create(request, { by: keyId });
    if (issued === undefined) throw new TypeError('a key that need not be the first was not made');
    return issued;
  }

  @Get()
  @ApiOperation({
    summary: 'All keys, without their secrets',
    description: 'Lists all keys by age, with owner, scopes, limits and last use, and without their secrets.',
  })
  @ApiOkResponse({ standardSchema: ApiKeyList })
  async listKeys() {
    this.connection.requireReady();
    return { items: await this.keys.list() };
  }

  @Get('audit')
  @ApiOperation({
    summary: 'Who changed which key how',
    description: 'Lists the newest 1,000 changes of keys: when, which key, what was done, and by whom.',
  })
  @ApiOkResponse({ standardSchema: KeyAuditPage })
  async auditKeys() {
    this.connection.requireReady();
    return { items: await this.keys.audit() };
  }

  @Post(':id/revoke')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Refuse a key from now on, for good',
    description: 'Refuses the key in all processes within a second, for good. What its owner has made stays.',
  })
  @Refuses('not_found')
  @ApiOkResponse({ standardSchema: ApiKey })
  async revokeKey(@Param('id', { schema: ApiKeyId }) id: string, @RequestCaller() { keyId }: Caller): Promise<ApiKey> {
    this.connection.requireReady();
    return found(id, await this.keys.revoke(id, { by: keyId }));
  }

  @Post(':id/rotate')
  @AcceptsJson()
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'Give a key another secret; its id, owner and limits stay',
    description:
      'Gives the key another secret, shown this once. The old one is taken for `overlapSeconds` more, 0 by default.',
  })
  @Refuses('not_found')
  @ApiOkResponse({ headers: headers('Cache-Control'), standardSchema: IssuedApiKey })
  async rotateKey(
    @Param('id', { schema: ApiKeyId }) id: string,
    @Body({ schema: ApiKeyRotation }) { overlapSeconds }: { overlapSeconds: number },
    @RequestCaller() { keyId }: Caller,
  ): Promise<IssuedApiKey> {
    this.connection.requireReady();
    return found(id, await this.keys.rotate(id, { by: keyId, overlapSeconds }));
  }

  @Put(':id/limits')
  @AcceptsJson()
  @ApiOperation({
    summary: 'Set all limits of a key; what is left out is not limited',
    description: 'Replaces all limits of the key by those of the body. A limit that is left out no longer holds.',
  })
  @Refuses('not_found')
  @ApiOkResponse({ standardSchema: ApiKey })
  async limitKey(
    @Param('id', { schema: ApiKeyId }) id: string,
    @Body({ schema: ApiKeyLimits }) limits: ApiKeyLimits,
    @RequestCaller() { keyId }: Caller,
  ): Promise<ApiKey> {
    this.connection.requireReady();
    return found(id, await this.keys.limit(id, limits, { by: keyId }));
  }
}

function found<Found>(id: string, value: Found | undefined): Found {
  if (value === undefined) throw new HttpProblem('not_found', `there is no key ${id}`);
  return value;
}
