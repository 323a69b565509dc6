import { Module } from '@nestjs/common';
import { JobCanceller } from './cancel/job-canceller.js';
import { JobFollower } from './follow/job-follower.js';
import { JobList } from './list/job-list.js';
import { OwnJobs } from './read/own-jobs.js';
import { JobSubmission } from './submit/job-submission.js';

/** What sampling and training jobs have in common. */
@Module({
  providers: [JobCanceller, JobFollower, JobList, JobSubmission, OwnJobs],
  exports: [JobCanceller, JobFollower, JobList, JobSubmission, OwnJobs],
})
export class JobsModule {}
