import type { ComponentType } from 'preact';
import { DatasetPage } from '../pages/datasets/dataset-page.js';
import { DatasetsPage } from '../pages/datasets/datasets-page.js';
import { JobPage } from '../pages/job/job-page.js';
import { JobsPage } from '../pages/jobs/jobs-page.js';
import { ModelPage } from '../pages/models/model-page.js';
import { ModelsPage } from '../pages/models/models-page.js';
import { NowPage } from '../pages/now/now-page.js';
import { RobotsPage } from '../pages/robots/robots-page.js';
import { TrainingPage } from '../pages/training/training-page.js';
import { TrainingsPage } from '../pages/training/trainings-page.js';

/** What every page gets: the segments of its address behind the first one. */
interface PageProps {
  readonly segments: readonly string[];
}

/** A part of the navigation. */
interface Page {
  /** First segment of its addresses. */
  readonly name: string;
  readonly title: string;
  readonly page: ComponentType<PageProps>;
  /** Shows one or some of what `page` lists; its names are the further segments. */
  readonly single?: ComponentType<PageProps>;
}

const NOW: Page = { name: '', title: 'Now', page: NowPage };

/** In the order of the navigation. */
export const PAGES: readonly Page[] = [
  NOW,
  { name: 'jobs', title: 'Jobs', page: JobsPage, single: JobPage },
  { name: 'trainings', title: 'Training', page: TrainingsPage, single: TrainingPage },
  { name: 'models', title: 'Models', page: ModelsPage, single: ModelPage },
  { name: 'datasets', title: 'Datasets', page: DatasetsPage, single: DatasetPage },
  { name: 'robots', title: 'Robots', page: RobotsPage },
];

/** The page of an address; where nothing is, Now. */
export function pageAt([first = '', second]: readonly string[]): Page {
  const place = PAGES.find(({ name }) => name === first) ?? NOW;
  return second === undefined || place.single === undefined ? place : { ...place, page: place.single };
}
