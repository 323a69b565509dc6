import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';

import { RobotPolicy } from '#contract';
import { RequestCaller, type Caller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
import { ModelCatalog } from '../storage/model-catalog.js';
import { POLICIES_PATH, PolicyReference, policyView } from './policy-description.js';
import { MODEL_ERRORS, Refuses } from '../openapi/refuses.js';

/** The upgrades to WebSockets at the same paths are PolicyUpgrade's. */
@ApiTags('Policies')
@Needs('jobs:read')
@Controller(POLICIES_PATH)
export class PoliciesController {
  constructor(private readonly models: ModelCatalog) {}

  @Get(':model')
  @ApiOperation({
    summary: 'A model as a policy; as a WebSocket the same path speaks the protocol of openpi',
    description:
      'Shows what a model takes and gives as a policy of a robot: keys and sizes of observations, names and units of actions, rate and sampling defaults. The model is a name, `name@version` or `name@alias`.',
  })
  @Refuses(...MODEL_ERRORS)
  @ApiOkResponse({ standardSchema: RobotPolicy })
  async getPolicy(
    @Param('model', { schema: PolicyReference }) model: string,
    @RequestCaller() caller: Caller,
  ): Promise<RobotPolicy> {
    return policyView(await this.models.resolveFor(caller, model), model);
  }
}
