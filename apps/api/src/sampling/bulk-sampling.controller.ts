import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { BulkCancelRequest, BulkSamplingRequest, BulkSamplingResult, jobsPath, KINDS } from '#contract';
import { RequestCaller, type Caller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
import { AcceptsJson } from '../http/body/body.guard.js';
import { idempotencyKey } from '../http/prefer.js';
import { Refuses, SUBMISSION_ERRORS } from '../openapi/refuses.js';
import { BulkCancel } from './bulk-cancel.js';
import { BulkSampling } from './bulk-sampling.js';

/** Many sampling jobs in one request. */
@ApiTags(KINDS.sampling.title)
@Controller(jobsPath('sampling'))
export class BulkSamplingController {
  constructor(
    private readonly bulk: BulkSampling,
    private readonly bulkCancel: BulkCancel,
  ) {}

  @Needs('jobs:write')
  @Post('batch')
  @AcceptsJson()
  @HttpCode(207)
  @ApiOperation({
    summary: 'Submit up to 1,000 jobs, each accepted or refused on its own',
    description:
      'Takes up to 1,000 requests in a body of at most 1 MiB. Each is accepted or refused on its own: the answer has its status, and its job or its problem, in the order of the requests.',
  })
  @Refuses(...SUBMISSION_ERRORS)
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'Covers every job of the batch' })
  @ApiResponse({ status: 207, standardSchema: BulkSamplingResult, description: 'One answer per request, in order' })
  createSamplingJobs(
    @Body({ schema: BulkSamplingRequest }) { requests }: { requests: unknown[] },
    @Headers('idempotency-key') key: string | undefined,
    @RequestCaller() caller: Caller,
  ): Promise<BulkSamplingResult> {
    return this.bulk.submit(requests, { key: idempotencyKey(key), caller });
  }

  @Needs('jobs:write')
  @Post('cancel')
  @AcceptsJson()
  @HttpCode(207)
  @ApiOperation({
    summary: 'Cancel up to 1,000 jobs, each on its own',
    description:
      'Cancels each of up to 1,000 jobs on its own: the answer has the status that cancelling it alone would have had, and the job or the problem, in the order of the ids.',
  })
  @Refuses('validation_failed', 'unknown_field')
  @ApiResponse({ status: 207, standardSchema: BulkSamplingResult, description: 'One answer per job, in order' })
  cancelSamplingJobs(
    @Body({ schema: BulkCancelRequest }) { ids }: BulkCancelRequest,
    @RequestCaller() caller: Caller,
  ): Promise<BulkSamplingResult> {
    return this.bulkCancel.cancel(ids, caller);
  }
}
