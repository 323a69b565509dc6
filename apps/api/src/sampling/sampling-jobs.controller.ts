import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiProduces,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  JobEvent,
  jobsPath,
  KINDS,
  SamplingJob,
  SamplingJobPage,
  SamplingRequest,
  StoredSamplingResult,
} from '#contract';
import { RequestCaller, type Caller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
import { whenClientGone } from '../http/client-gone.js';
import { preferredType } from '../http/accept.js';
import { clientHas } from '../http/etag.js';
import { AcceptsJson } from '../http/body/body.guard.js';
import { idempotencyKey, parsePreferences } from '../http/prefer.js';
import { HttpProblem } from '../http/problem.js';
import { Links } from '../network/links.js';
import { JobCanceller } from '../jobs/cancel/job-canceller.js';
import { JobFollower } from '../jobs/follow/job-follower.js';
import { jobIdOf } from '../jobs/job-id.js';
import { resultOf } from '../jobs/read/job-view.js';
import { JobList } from '../jobs/list/job-list.js';
import { SamplingJobListQuery } from '../jobs/list/job-list-query.js';
import { OwnJobs } from '../jobs/read/own-jobs.js';
import { lastEventId } from '../jobs/follow/last-event-id.js';
import { RESULT_CONTENT } from './result-content.js';
import { formatResult, RESULT_TYPES, resultEtag } from './result-format.js';
import { SamplingJobsService } from './sampling-jobs.service.js';
import { SamplingResults } from './sampling-results.js';
import { Refuses, SAMPLING_ERRORS, STORE_ERRORS, SUBMISSION_ERRORS } from '../openapi/refuses.js';
import { headers, NOT_MODIFIED } from '../openapi/response-headers.js';

const SamplingJobId = jobIdOf('sampling');

@ApiTags(KINDS.sampling.title)
@Needs('jobs:read')
@Controller(jobsPath('sampling'))
export class SamplingJobsController {
  constructor(
    private readonly jobs: SamplingJobsService,
    private readonly list: JobList,
    private readonly results: SamplingResults,
    private readonly follower: JobFollower,
    private readonly canceller: JobCanceller,
    private readonly own: OwnJobs,
    private readonly links: Links,
  ) {}

  @Needs('jobs:write')
  @Post()
  @AcceptsJson()
  @ApiOperation({
    summary: 'Submit a job; with `Prefer: wait=SECONDS` also wait for its result',
    description:
      'Checks the request completely against the model that it names, and queues it. Without `Prefer` the answer is 202 with the queued job. With `Prefer: wait=SECONDS` it is 200 with the finished job, if that is done in time. The same request with the same seed gives the same bytes.',
  })
  @Refuses(...SUBMISSION_ERRORS, ...SAMPLING_ERRORS)
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'A repeat with the same key finds the same job' })
  @ApiHeader({ name: 'Prefer', required: false, description: '`wait=SECONDS`, at most 60; `tensors=base64`' })
  @ApiOkResponse({
    headers: headers('Location', 'Idempotency-Replayed', 'Preference-Applied'),
    standardSchema: SamplingJob,
    description: 'The finished job, its result inline',
  })
  @ApiAcceptedResponse({
    headers: headers('Location', 'Idempotency-Replayed', 'Preference-Applied'),
    standardSchema: SamplingJob,
    description: 'The accepted job',
  })
  async createSamplingJob(
    @Body({ schema: SamplingRequest }) request: SamplingRequest,
    @Headers('idempotency-key') key: string | undefined,
    @Headers('prefer') prefer: string | undefined,
    @RequestCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SamplingJob> {
    const { waitSeconds, tensors } = parsePreferences(prefer);
    const whenGone = (gone: () => void) => whenClientGone(reply.raw, gone);
    const waiting = waitSeconds > 0 ? { ms: waitSeconds * 1_000, tensors, whenGone } : undefined;
    const { job, isReplay } = await this.jobs.submit(request, { key: idempotencyKey(key), caller }, waiting);
    if (isReplay) reply.header('Idempotency-Replayed', 'true');
    const applied = tensors === 'base64' ? `wait=${waitSeconds}, tensors=base64` : `wait=${waitSeconds}`;
    if (waiting) reply.header('Preference-Applied', applied);
    reply.header('Location', this.links.to(`${jobsPath('sampling')}/${job.id}`));
    reply.code(waiting && job.finishedAt !== null ? 200 : 202);
    return job;
  }

  @Get()
  @ApiOperation({
    summary: 'List jobs, newest first',
    description:
      'Lists the jobs of the owner of the key, newest first, in pages of at most 200. `nextCursor` of a page is `after` of the next one. A page of a filtered list may be short, or empty, and still have a `nextCursor`: no more than 2,000 jobs are looked at for one.',
  })
  @Refuses('invalid_cursor')
  @ApiOkResponse({ standardSchema: SamplingJobPage })
  listSamplingJobs(
    @Query({ schema: SamplingJobListQuery }) query: SamplingJobListQuery,
    @RequestCaller() caller: Caller,
  ) {
    return this.list.page('sampling', { caller, query }, this.jobs.view);
  }

  @Get(':id')
  @ApiOperation({
    summary: 'A job as it is now',
    description:
      'Shows status, progress, place in the queue, timings, warnings, error and result of a job. Jobs of other owners are answered as if they did not exist.',
  })
  @Refuses('not_found')
  @ApiOkResponse({ standardSchema: SamplingJob })
  async getSamplingJob(
    @Param('id', { schema: SamplingJobId }) id: string,
    @RequestCaller() caller: Caller,
  ): Promise<SamplingJob> {
    return this.jobs.view(await this.own.get('sampling', id, caller));
  }

  @Get(':id/result')
  @ApiOperation({
    summary: 'The actions [observations * samplesPerObservation, horizon, dim]',
    description:
      'Gives the actions of a job that has succeeded, in the units of the data. `Accept` chooses nested JSON, JSON with base64, npy or safetensors; all hold the same float32 numbers. A result is kept for at least an hour, as long as it is among the newest (STRIDE_KEPT_RESULTS).',
  })
  @Refuses(
    'not_found',
    'not_acceptable',
    'job_not_finished',
    'job_failed',
    'job_cancelled',
    'result_expired',
    ...STORE_ERRORS,
  )
  @ApiOkResponse({
    headers: headers('ETag', 'Cache-Control'),
    description: 'In the form that `Accept` asks for',
    content: RESULT_CONTENT,
  })
  @ApiResponse(NOT_MODIFIED)
  async getSamplingResult(
    @Param('id', { schema: SamplingJobId }) id: string,
    @RequestCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const type = preferredType(request.headers, RESULT_TYPES);
    if (type === undefined)
      throw new HttpProblem('not_acceptable', `a result can be had as ${RESULT_TYPES.join(', ')}`);
    const job = await this.own.get('sampling', id, caller);
    const known = resultOf(job, StoredSamplingResult);
    const { raw: response } = reply.hijack();
    response.setHeader('Vary', 'Accept');
    response.setHeader('Cache-Control', 'private, max-age=3600');
    if (known) {
      const etag = resultEtag(known.sha256, type);
      response.setHeader('ETag', etag);
      if (clientHas(request, etag)) {
        response.writeHead(304).end();
        return;
      }
    }
    const body = formatResult(await this.results.read(job), type);
    response.setHeader('Content-Type', type);
    response.end(body);
  }

  @Get(':id/events')
  @ApiOperation({
    summary: 'Server-sent events until the job has ended',
    description:
      'Sends an event for each start, step, preview and hand-over of a job, and ends after its last one. `Last-Event-ID` continues a stream that broke off.',
  })
  @Refuses('not_found', 'invalid_cursor')
  @ApiProduces('text/event-stream')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Continue after this event' })
  @ApiOkResponse({ standardSchema: JobEvent, description: 'The data of each event, by its type' })
  async followSamplingJob(
    @Param('id', { schema: SamplingJobId }) id: string,
    @Headers('last-event-id') after: string | undefined,
    @RequestCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const from = lastEventId(after);
    await this.own.get('sampling', id, caller);
    await this.follower.follow('sampling', id, from, reply.hijack().raw);
  }

  @Needs('jobs:write')
  @Post(':id/cancel')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Cancel: a queued job at once, a running one at its next macro-step',
    description: 'Ends a queued job at once and a running one at its next macro-step. A repeat changes nothing.',
  })
  @Refuses('not_found', 'job_finished')
  @ApiAcceptedResponse({ standardSchema: SamplingJob })
  async cancelSamplingJob(
    @Param('id', { schema: SamplingJobId }) id: string,
    @RequestCaller() caller: Caller,
  ): Promise<SamplingJob> {
    await this.own.get('sampling', id, caller);
    return this.jobs.view(await this.canceller.cancel('sampling', id));
  }
}
