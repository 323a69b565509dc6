import { Module } from '@nestjs/common';
import { JobCanceller } from './job-canceller.js';
import { JobFollower } from './job-follower.js';
import { JobList } from './job-list.js';
import { JobSubmission } from './job-submission.js';

/** What sampling and training jobs have in common. */
@Module({
  providers: [JobCanceller, JobFollower, JobList, JobSubmission],
  exports: [JobCanceller, JobFollower, JobList, JobSubmission],
})
export class JobsModule {}
