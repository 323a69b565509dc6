import { apiPanels, robotPanels } from './api-panels.js';
import type { BoardOptions } from './board.js';
import { jobPanels } from './job-panels.js';
import { apiProcessPanels, workerProcessPanels } from './process-panels.js';
import { samplingPanels } from './sampling-panels.js';
import { summaryPanels } from './summary-panels.js';
import { trainingPanels } from './training-panels.js';
import { workerPanels } from './worker-panels.js';

/** Every board; `npm run generate` writes them for Grafana. */
export const BOARDS: readonly BoardOptions[] = [
  {
    name: 'overview',
    title: 'Stride overview',
    description: 'Is it healthy, how fast is it, where does the time go',
    rows: [
      { title: 'Summary', panels: summaryPanels },
      { title: 'Sampling', panels: samplingPanels },
      { title: 'Jobs', panels: jobPanels },
    ],
  },
  {
    name: 'workers',
    title: 'Stride workers',
    description: 'Which worker does how much, and what keeps it from more',
    rows: [
      { title: 'Work', panels: workerPanels },
      { title: 'Processes', panels: workerProcessPanels },
    ],
  },
  {
    name: 'training',
    title: 'Stride training',
    description: 'How far the running trainings are, how fast, and what a crash would cost',
    rows: [{ title: 'Training', panels: trainingPanels }],
  },
  {
    name: 'api',
    title: 'Stride API',
    description: 'What clients ask for, how long it takes, and what is refused',
    rows: [
      { title: 'Requests', panels: apiPanels },
      { title: 'Robots', panels: robotPanels },
      { title: 'Processes', panels: apiProcessPanels },
    ],
  },
];
