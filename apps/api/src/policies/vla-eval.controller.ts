import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { RequestCaller, type Caller } from '../access/caller.js';
import { Needs, NeedsNoKey } from '../access/needs.js';
import { ModelCatalog } from '../storage/model-catalog.js';
import { POLICIES_PATH, PolicyReference } from './policy-description.js';
import { MODEL_ERRORS, Refuses } from '../openapi/refuses.js';

const NoSettings = z.strictObject({});
const Nothing = z.strictObject({});
const Health = z.strictObject({ status: z.literal('ok').describe('ok') }).meta({ id: 'VlaEvalHealth' });
const Settings = z
  .strictObject({
    applied: Nothing.describe('What the request has set: nothing can be'),
    config: Nothing.describe('What can be set: nothing'),
  })
  .meta({ id: 'VlaEvalConfig' });

const HEALTH: z.output<typeof Health> = { status: 'ok' };
const SETTINGS: z.output<typeof Settings> = { applied: {}, config: {} };

/** What vla-eval asks over HTTP, at the root or at the address of a policy with http in place of ws. */
@ApiTags('Policies')
@Controller()
export class VlaEvalController {
  constructor(private readonly models: ModelCatalog) {}

  @NeedsNoKey()
  @Get('config')
  @ApiOperation({
    summary: 'What vla-eval could set: nothing',
    description: 'Says that vla-eval can set nothing here; clients of vla-eval ask at the root.',
  })
  @ApiOkResponse({ standardSchema: Settings })
  getVlaEvalConfig(@Query({ schema: NoSettings }) _settings: object): z.output<typeof Settings> {
    return SETTINGS;
  }

  @Needs('jobs:read')
  @Get(`${POLICIES_PATH}/:model/vla-eval/health`)
  @ApiOperation({
    summary: 'Whether vla-eval can connect to a policy',
    description: 'Answers `ok` where the model exists and this key may use it.',
  })
  @Refuses(...MODEL_ERRORS)
  @ApiOkResponse({ standardSchema: Health })
  async getPolicyHealth(
    @Param('model', { schema: PolicyReference }) model: string,
    @RequestCaller() caller: Caller,
  ): Promise<z.output<typeof Health>> {
    await this.models.resolveFor(caller, model);
    return HEALTH;
  }

  @Needs('jobs:read')
  @Get(`${POLICIES_PATH}/:model/vla-eval/config`)
  @ApiOperation({
    summary: 'What vla-eval could set of a policy: nothing',
    description: 'Says that vla-eval can set nothing of this policy.',
  })
  @Refuses(...MODEL_ERRORS)
  @ApiOkResponse({ standardSchema: Settings })
  async getPolicyConfig(
    @Param('model', { schema: PolicyReference }) model: string,
    @Query({ schema: NoSettings }) _settings: object,
    @RequestCaller() caller: Caller,
  ): Promise<z.output<typeof Settings>> {
    await this.models.resolveFor(caller, model);
    return SETTINGS;
  }
}
