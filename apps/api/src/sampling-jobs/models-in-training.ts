import { Injectable } from '@nestjs/common';
import { hasEnded } from '../jobs/job-view.js';
import { JobIndex } from '../queue/job-index.js';
import { JobReader } from '../queue/job-reader.js';
import { trainingJobView } from '../training-jobs/training-job-view.js';

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
  async find(name: string): Promise<string | undefined> {
    const jobs = await this.reader.readAll('training', await this.index.page('training', LOOKED_AT, undefined));
    const views = jobs.flatMap((job) => (job === undefined ? [] : [trainingJobView(job)]));
    return views.find(({ model, status }) => model.name === name && !hasEnded(status))?.id;
  }
}
