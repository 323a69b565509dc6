import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { jobsPath, KINDS, TrainingJob } from '#contract';
import { RequestCaller, type Caller } from '../access/caller.js';
import { Needs } from '../access/needs.js';
import { Refuses } from '../openapi/refuses.js';
import { jobIdOf } from '../jobs/job-id.js';
import { OwnJobs } from '../jobs/read/own-jobs.js';
import { trainingJobView } from './training-job-view.js';
import { TrainingPauses } from './training-pauses.js';

const TrainingJobId = jobIdOf('training');

@ApiTags(KINDS.training.title)
@Needs('train')
@Controller(jobsPath('training'))
export class TrainingPausesController {
  constructor(
    private readonly pauses: TrainingPauses,
    private readonly own: OwnJobs,
  ) {}

  @Post(':id/pause')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Pause: a queued job at once, a running one after its present update',
    description:
      'Frees the worker of a job, which keeps its checkpoint for as long as it is paused. A repeat changes nothing; a job whose last update is done may end before.',
  })
  @Refuses('not_found', 'job_finished')
  @ApiAcceptedResponse({ standardSchema: TrainingJob })
  async pauseTrainingJob(
    @Param('id', { schema: TrainingJobId }) id: string,
    @RequestCaller() caller: Caller,
  ): Promise<TrainingJob> {
    await this.own.get('training', id, caller);
    return trainingJobView(await this.pauses.request('pause', id));
  }

  @Post(':id/resume')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Resume a paused job',
    description:
      'Puts a paused job back before all that were accepted after it. It goes on from its checkpoint with any worker, bit by bit as if it had not been paused. A repeat changes nothing.',
  })
  @Refuses('not_found', 'job_finished')
  @ApiAcceptedResponse({ standardSchema: TrainingJob })
  async resumeTrainingJob(
    @Param('id', { schema: TrainingJobId }) id: string,
    @RequestCaller() caller: Caller,
  ): Promise<TrainingJob> {
    await this.own.get('training', id, caller);
    return trainingJobView(await this.pauses.request('resume', id));
  }
}
