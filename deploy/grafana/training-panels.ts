import { perSecond } from './queries.js';
import { timeseries } from './panels.js';

/** How far the running trainings are. */
export const trainingPanels = [
  timeseries({
    title: 'Loss',
    description: 'stride_training_loss of the running trainings',
    unit: 'short',
    width: 8,
    queries: [{ expr: 'max by (model) (stride_training_loss)', legend: '{{model}}' }],
  }),
  timeseries({
    title: 'Training steps per second',
    description: 'stride_training_steps_total',
    unit: 'short',
    width: 8,
    queries: [{ expr: perSecond('stride_training_steps_total', ' by (model) '), legend: '{{model}}' }],
  }),
  timeseries({
    title: 'Age of the newest checkpoint',
    description: 'stride_training_checkpoint_age_seconds: what a crash would cost now',
    unit: 's',
    width: 8,
    queries: [{ expr: 'max by (model) (stride_training_checkpoint_age_seconds)', legend: '{{model}}' }],
  }),
];
