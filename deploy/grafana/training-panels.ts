import { timeseries } from './panels.js';
import { perSecond, quantile } from './queries.js';

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
    title: 'Learning rate',
    description: 'stride_training_learning_rate at the last log point',
    unit: 'short',
    width: 8,
    queries: [{ expr: 'max by (model) (stride_training_learning_rate)', legend: '{{model}}' }],
  }),
  timeseries({
    title: 'Training steps per second',
    description: 'stride_training_steps_total',
    unit: 'short',
    width: 8,
    queries: [{ expr: perSecond('stride_training_steps_total', ' by (model) '), legend: '{{model}}' }],
  }),
  timeseries({
    title: 'Duration of an update',
    description: 'stride_training_step_duration_seconds: mean between two log points, its quantiles over time',
    unit: 's',
    width: 8,
    queries: [0.5, 0.95].map((q) => ({
      expr: quantile(q, 'stride_training_step_duration_seconds', '', ', model'),
      legend: `{{model}} p${q * 100}`,
    })),
  }),
  timeseries({
    title: 'Age of the newest checkpoint',
    description: 'stride_training_checkpoint_age_seconds: what a crash would cost now',
    unit: 's',
    width: 8,
    queries: [{ expr: 'max by (model) (stride_training_checkpoint_age_seconds)', legend: '{{model}}' }],
  }),
  timeseries({
    title: 'Writing a checkpoint, p95',
    description: 'stride_training_checkpoint_seconds: high where the artifact store is slow',
    unit: 's',
    width: 8,
    queries: [{ expr: quantile(0.95, 'stride_training_checkpoint_seconds', '', ', model'), legend: '{{model}}' }],
  }),
];
