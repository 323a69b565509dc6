import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { jobPanels } from './job-panels.js';
import { DATASOURCE } from './panels.js';
import { processPanels } from './process-panels.js';
import { samplingPanels } from './sampling-panels.js';
import { summaryPanels } from './summary-panels.js';
import { trainingPanels } from './training-panels.js';

const ROWS = [
  { title: 'Summary', panels: summaryPanels },
  { title: 'Sampling', panels: samplingPanels },
  { title: 'Jobs', panels: jobPanels },
  { title: 'Training', panels: trainingPanels },
  { title: 'Processes', panels: processPanels },
];

/** The one dashboard that answers: is it healthy, how fast is it, where does the time go. */
export function overview(): Dashboard {
  const builder = new DashboardBuilder('Stride overview')
    .uid('stride-overview')
    .tags(['stride'])
    .description('Throughput, latency and health of the whole system')
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-30m', to: 'now' })
    .timezone('browser')
    .refresh('10s')
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(
      new QueryVariableBuilder('model')
        .label('Model')
        .datasource(DATASOURCE)
        .query('label_values(stride_samples_total, model)')
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .sort(VariableSort.AlphabeticalAsc)
        .multi(true)
        .includeAll(true)
        .allValue('.*'),
    );
  for (const row of ROWS) {
    builder.withRow(new RowBuilder(row.title));
    for (const panel of row.panels) builder.withPanel(panel);
  }
  return builder.build();
}
