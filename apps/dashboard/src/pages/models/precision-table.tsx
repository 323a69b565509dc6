import type { Schemas } from '#client';
import { MAX_INT8_RELATIVE_RMS } from '#contract';
import { count, inWords } from '../../parts/quantity.js';
import { Table, type Column } from '../../parts/table.js';

interface Row {
  readonly precision: string;
  readonly report: Schemas['Int8Report'] | undefined;
  readonly isOffered: boolean;
}

const percent = (share: number | undefined) => (share === undefined ? '–' : `${(100 * share).toFixed(2)} %`);

const COLUMNS: readonly Column<Row>[] = [
  { title: 'Precision', cell: ({ precision }) => <code>{precision}</code>, metric: 'precision' },
  {
    title: 'Error',
    cell: ({ report, precision }) => (precision === 'float32' ? 'reference' : percent(report?.relativeRms)),
    metric: 'int8.relativeRms',
    isNumber: true,
  },
  {
    title: 'Largest difference',
    cell: ({ report }) => inWords(count(report?.largestDifference)),
    metric: 'int8.largestDifference, in normalised action units',
    isNumber: true,
  },
  {
    title: 'Other mode',
    cell: ({ report }) => percent(report?.modeChangeRatio),
    metric: 'int8.modeChangeRatio',
    isNumber: true,
  },
  { title: 'Offered', cell: ({ isOffered }) => (isOffered ? 'yes' : 'no') },
];

/** What each precision costs the version. */
export function PrecisionTable({ version }: { readonly version: Schemas['ModelVersion'] }) {
  const report = version.int8 ?? undefined;
  const isOffered = report !== undefined && report.relativeRms <= MAX_INT8_RELATIVE_RMS;
  const rows: readonly Row[] = [
    { precision: 'float32', report: undefined, isOffered: true },
    { precision: 'int8', report, isOffered },
  ];
  return (
    <section>
      <h2>Precision</h2>
      <Table label="Precision" columns={COLUMNS} rows={rows} keyOf={({ precision }) => precision} />
      <p class="hint">
        {report === undefined
          ? 'int8 was not measured for this version, so it is not offered.'
          : `Measured with ${report.rows} rows of ${report.numInferenceSteps} steps on ${report.cpu}. int8 is offered up to an error of ${percent(MAX_INT8_RELATIVE_RMS)}.`}
      </p>
    </section>
  );
}
