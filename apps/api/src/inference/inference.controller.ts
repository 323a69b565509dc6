import { applyDecorators, Body, Controller, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiTags, ApiOperation } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { InferenceAnswer, InferenceRequest } from '#contract';
import { RequestCaller, type Caller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
import { whenClientGone } from '../http/client-gone.js';
import { idempotencyKey } from '../http/prefer.js';
import type { SubmissionKey } from '../jobs/submit/job-submission.js';
import { inferenceAnswer } from './inference-answer.js';
import { HEADER_LENGTH } from './inference-body.js';
import { AcceptsInference, TensorBytes } from './inference-body.guard.js';
import { inferenceJob, type InferenceJob } from './inference-job.js';
import { InferenceRunner } from './inference-runner.js';
import { Refuses, SAMPLING_ERRORS, SUBMISSION_ERRORS } from '../openapi/refuses.js';
import { headers } from '../openapi/response-headers.js';
import { InferredModel, InferredVersion, versionOf } from './model-reference.js';

const LENGTH = 'Length of the JSON in bytes; the bytes of tensors follow it, little-endian and row-major';

const WAITS =
  'Submits a sampling job whose tensors come as inputs and whose options come as parameters, and waits for its end. Tensors travel in the JSON, or as bytes behind it. A client that goes away cancels the job.';

/** What both ways to name a model have in common. */
const Infers = (summary: string, description: string): MethodDecorator =>
  applyDecorators(
    AcceptsInference(),
    HttpCode(200),
    ApiOperation({ summary, description }),
    Refuses(...SUBMISSION_ERRORS, ...SAMPLING_ERRORS, 'job_failed', 'job_cancelled', 'decompressed_too_large'),
    ApiHeader({ name: HEADER_LENGTH, required: false, description: LENGTH }),
    ApiHeader({ name: 'Content-Encoding', required: false, description: '`gzip` or `deflate`' }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description: 'A repeat with the same key finds the same job',
    }),
    ApiOkResponse({
      headers: headers('Idempotency-Replayed', 'Inference-Header-Content-Length'),
      standardSchema: InferenceAnswer,
      description: 'The actions, in the JSON or as bytes behind it',
    }),
  );

/** Inferences of the Open Inference Protocol. */
@ApiTags('Open Inference Protocol')
@Needs('jobs:write')
@Controller('v2/models/:model')
export class InferenceController {
  constructor(private readonly runner: InferenceRunner) {}

  @Post('infer')
  @Infers('Sample, and wait for the actions', `${WAITS} The newest version is used.`)
  async infer(
    @Param('model', { schema: InferredModel }) model: string,
    @Body({ schema: InferenceRequest }) request: InferenceRequest,
    @TensorBytes() bytes: Buffer,
    @Headers('idempotency-key') key: string | undefined,
    @RequestCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    return this.answer(inferenceJob(model, request, bytes), { key: idempotencyKey(key), caller }, reply);
  }

  @Post('versions/:version/infer')
  @Infers('The same with a version', `${WAITS} The version of the path is used.`)
  async inferVersion(
    @Param('model', { schema: InferredModel }) model: string,
    @Param('version', { schema: InferredVersion }) version: string,
    @Body({ schema: InferenceRequest }) request: InferenceRequest,
    @TensorBytes() bytes: Buffer,
    @Headers('idempotency-key') key: string | undefined,
    @RequestCaller() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    const job = inferenceJob(versionOf(model, version), request, bytes);
    return this.answer(job, { key: idempotencyKey(key), caller }, reply);
  }

  private async answer(job: InferenceJob, submission: SubmissionKey, reply: FastifyReply): Promise<Buffer> {
    const whenGone = (gone: () => void) => whenClientGone(reply.raw, gone);
    const inference = await this.runner.run(job.request, submission, whenGone);
    const { headers: sent, body } = inferenceAnswer(inference, job);
    if (inference.isReplay) reply.header('Idempotency-Replayed', 'true');
    reply.headers(sent);
    return body;
  }
}
