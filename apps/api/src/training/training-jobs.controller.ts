import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  JobEvent,
  jobsPath,
  KINDS,
  TrainingJob,
  TrainingJobPage,
  TrainingMetricsPage,
  TrainingRequest,
} from '#contract';
import { RequestCaller, type Caller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
import { preferredType } from '../http/accept.js';
import { AcceptsJson } from '../http/body/body.guard.js';
import { idempotencyKey } from '../http/prefer.js';
import { Links } from '../network/links.js';
import { JobCanceller } from '../jobs/cancel/job-canceller.js';
import { JobFollower } from '../jobs/follow/job-follower.js';
import { jobIdOf } from '../jobs/job-id.js';
import { JobList } from '../jobs/list/job-list.js';
import { JobListQuery } from '../jobs/list/job-list-query.js';
import { OwnJobs } from '../jobs/read/own-jobs.js';
import { lastEventId } from '../jobs/follow/last-event-id.js';
import { encodeMetrics, METRICS_TYPES } from './export/metrics-export.js';
import { trainingJobView } from './training-job-view.js';
import { CheckpointList, MetricsQuery, TrainingJobsService } from './training-jobs.service.js';
import { Refuses, STORE_ERRORS, SUBMISSION_ERRORS } from '../openapi/refuses.js';
import { headers } from '../openapi/response-headers.js';

const TrainingJobId = jobIdOf('training');

@ApiTags(KINDS.training.title)
@Needs('jobs:read')
@Controller(jobsPath('training'))
export class TrainingJobsController {
  constructor(
    private readonly jobs: TrainingJobsService,
    private readonly list: JobList,
    private readonly follower: JobFollower,
    private readonly canceller: JobCanceller,
    private readonly own: OwnJobs,
    private readonly links: Links,
  ) {}

  @Needs('train')
  @Post()
  @AcceptsJson()
  @HttpCode(202)
  @ApiOperation({
    summary: 'Submit a training job',
    description:
      'Checks the request against the dataset, and queues it. What is left out comes from the preset. When the job succeeds, the model has a new version.',
  })
  @Refuses(
    ...SUBMISSION_ERRORS,
    'dataset_not_found',
    'name_taken',
    'checkpoint_mismatch',
    'dataset_invalid',
    'epsilon_at_zero_snr',
    'shape_mismatch',
    'unsupported_option',
  )
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'A repeat with the same key finds the same job' })
  @ApiAcceptedResponse({
    headers: headers('Location', 'Idempotency-Replayed'),
    standardSchema: TrainingJob,
    description: 'The accepted job',
  })
  async createTrainingJob(
    @Body({ schema: TrainingRequest }) request: TrainingRequest,
    @Headers('idempotency-key') key: string | undefined,
    @RequestCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TrainingJob> {
    const { job, isReplay } = await this.jobs.submit(request, { key: idempotencyKey(key), caller });
    if (isReplay) reply.header('Idempotency-Replayed', 'true');
    reply.header('Location', this.links.to(`${jobsPath('training')}/${job.id}`));
    return job;
  }

  @Get()
  @ApiOperation({
    summary: 'List jobs, newest first',
    description:
      'Lists the jobs of the owner of the key, newest first, in pages of at most 200. `nextCursor` of a page is `after` of the next one.',
  })
  @Refuses('invalid_cursor')
  @ApiOkResponse({ standardSchema: TrainingJobPage })
  listTrainingJobs(@Query({ schema: JobListQuery }) query: JobListQuery, @RequestCaller() caller: Caller) {
    return this.list.page('training', { caller, query }, trainingJobView);
  }

  @Get(':id')
  @ApiOperation({
    summary: 'A job as it is now',
    description:
      'Shows status, progress, settings, timings, warnings, error and result of a job. Jobs of other owners are answered as if they did not exist.',
  })
  @Refuses('not_found')
  @ApiOkResponse({ standardSchema: TrainingJob })
  async getTrainingJob(
    @Param('id', { schema: TrainingJobId }) id: string,
    @RequestCaller() caller: Caller,
  ): Promise<TrainingJob> {
    return trainingJobView(await this.own.get('training', id, caller));
  }

  @Get(':id/metrics')
  @ApiOperation({
    summary: 'Loss, learning rate, gradient norm and speed at every log point',
    description:
      'Lists a point for each log point of the run, every `logEverySteps` updates: loss, learning rate, gradient norm and updates per second. `after` gives only points of later updates. `Accept` may ask for text/csv, application/x-ndjson or application/vnd.tensorboard.events, a TensorBoard event file.',
  })
  @Refuses('not_found')
  @ApiOkResponse({ standardSchema: TrainingMetricsPage })
  async getTrainingMetrics(
    @Param('id', { schema: TrainingJobId }) id: string,
    @Query({ schema: MetricsQuery }) query: MetricsQuery,
    @RequestCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const type = preferredType(request.headers, METRICS_TYPES) ?? 'application/json';
    await this.own.get('training', id, caller);
    const history = await this.jobs.history(id, query);
    reply.header('Vary', 'Accept');
    if (type === 'application/json') return { items: history.map(({ point }) => point) };
    reply.header('Content-Type', type);
    return encodeMetrics(history, type);
  }

  @Get(':id/checkpoints')
  @ApiOperation({
    summary: 'The checkpoints a run could go on from, newest first',
    description:
      'Lists the checkpoints that are kept of a run: updates done, bytes and time. A run that is interrupted goes on from the newest one, bit by bit the same.',
  })
  @Refuses('not_found', ...STORE_ERRORS)
  @ApiOkResponse({ standardSchema: CheckpointList })
  async getCheckpoints(@Param('id', { schema: TrainingJobId }) id: string, @RequestCaller() caller: Caller) {
    await this.own.get('training', id, caller);
    return { items: await this.jobs.checkpoints(id) };
  }

  @Get(':id/events')
  @ApiOperation({
    summary: 'Server-sent events until the job has ended',
    description:
      'Sends an event for each start, log point and hand-over of a job, and ends after its last one. `Last-Event-ID` continues a stream that broke off.',
  })
  @Refuses('not_found', 'invalid_cursor')
  @ApiProduces('text/event-stream')
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Continue after this event' })
  @ApiOkResponse({ standardSchema: JobEvent, description: 'The data of each event, by its type' })
  async followTrainingJob(
    @Param('id', { schema: TrainingJobId }) id: string,
    @Headers('last-event-id') after: string | undefined,
    @RequestCaller() caller: Caller,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const from = lastEventId(after);
    await this.own.get('training', id, caller);
    await this.follower.follow('training', id, from, reply.hijack().raw);
  }

  @Needs('train')
  @Post(':id/cancel')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Cancel: a queued job at once, a running one after its present update',
    description: 'Ends a queued job at once and a running one after its present update. A repeat changes nothing.',
  })
  @Refuses('not_found', 'job_finished')
  @ApiAcceptedResponse({ standardSchema: TrainingJob })
  async cancelTrainingJob(
    @Param('id', { schema: TrainingJobId }) id: string,
    @RequestCaller() caller: Caller,
  ): Promise<TrainingJob> {
    await this.own.get('training', id, caller);
    return trainingJobView(await this.canceller.cancel('training', id));
  }
}
