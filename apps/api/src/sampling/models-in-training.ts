import { Injectable } from '@nestjs/common';
import { jobOwner, StoredTrainingJob } from '#contract';
import type { StoredJob } from '#queue';
import { isAdmin, maySee, type Caller } from '../access/caller.js';
import { hasEnded, statusOf } from '../jobs/read/job-view.js';
import { JobIndex } from '../jobs/list/job-index.js';
import { JobReader } from '../jobs/read/job-reader.js';

/** Newest training jobs to look at. */
const LOOKED_AT = 100;

/** Knows which models do not exist yet but are on their way. */
@Injectable()
export class ModelsInTraining {
  constructor(
    private readonly index: JobIndex,
    private readonly reader: JobReader,
  ) {}

  /** The training job that is to publish the model; undefined when none is queued or running. */
  async find(name: string, caller: Caller): Promise<string | undefined> {
    const list = { kind: 'training', owner: isAdmin(caller) ? undefined : caller.owner } as const;
    const jobs = await this.reader.readAll('training', await this.index.page(list, LOOKED_AT, {}));
    const isMeant = (job: StoredJob) =>
      !hasEnded(statusOf(job)) && modelOf(job) === name && maySee(caller, jobOwner(job.data));
    return jobs.find((job) => job !== undefined && isMeant(job))?.id;
  }
}

/** What the job trains, if its data can be read. */
function modelOf({ data }: StoredJob): string | undefined {
  return StoredTrainingJob.safeParse(data).data?.model;
}
