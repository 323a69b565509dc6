import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { jobsPath, KINDS, SamplingJobRequest, SamplingTrace, StoredSamplingJob } from '#contract';
import { RequestCaller, type Caller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
import { jobIdOf } from '../jobs/job-id.js';
import { OwnJobs } from '../jobs/read/own-jobs.js';
import { readPart } from '../jobs/read/unreadable-job.js';
import { Refuses } from '../openapi/refuses.js';
import { repeatableRequest } from './repeatable-request.js';
import { SamplingTraces } from './sampling-traces.js';

const SamplingJobId = jobIdOf('sampling');

/** What a job was asked for, and where its time went. */
@ApiTags(KINDS.sampling.title)
@Needs('jobs:read')
@Controller(jobsPath('sampling'))
export class SamplingTracesController {
  constructor(
    private readonly own: OwnJobs,
    private readonly traces: SamplingTraces,
  ) {}

  @Get(':id/request')
  @ApiOperation({
    summary: 'What the job was asked for, to be sent again',
    description:
      'Reads a job back as a request that gives the same bytes. Large tensors are dropped when a job ends, unless they are artifacts; `missing` names those.',
  })
  @Refuses('not_found')
  @ApiOkResponse({ standardSchema: SamplingJobRequest })
  async getSamplingRequest(
    @Param('id', { schema: SamplingJobId }) id: string,
    @RequestCaller() caller: Caller,
  ): Promise<SamplingJobRequest> {
    const { data } = await this.own.get('sampling', id, caller);
    return repeatableRequest(readPart(StoredSamplingJob, data, id));
  }

  @Get(':id/trace')
  @ApiOperation({
    summary: 'Where the time of the job went: queue, macro-steps, store',
    description:
      'Says when the last attempt of a job had its model and inputs, when each of its macro-steps ran and how many rows shared it, and when its result was stored. While a job runs it says so only if somebody follows the job.',
  })
  @Refuses('not_found')
  @ApiOkResponse({ standardSchema: SamplingTrace })
  async getSamplingTrace(
    @Param('id', { schema: SamplingJobId }) id: string,
    @RequestCaller() caller: Caller,
  ): Promise<SamplingTrace> {
    return this.traces.read(await this.own.get('sampling', id, caller));
  }
}
