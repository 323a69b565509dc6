import type { Schemas } from '#client';
import { MAX_RELATIVE_RMS } from '#contract';
import { count, inWords } from '../../parts/quantity.js';
import { Table, type Column } from '../../parts/table.js';

interface Row {
  readonly precision: string;
  readonly report: Schemas['PrecisionReport'] | undefined;
  readonly isOffered: boolean;
}

const percent = (share: number | undefined) => (share === undefined ? '–' : `${(100 * share).toFixed(2)} %`);

const COLUMNS: readonly Column<Row>[] = [
  { title: 'Precision', cell: ({ precision }) => <code>{precision}</code>, metric: 'precision' },
  {
    title: 'Error',
    cell: ({ report, precision }) => (precision === 'float32' ? 'reference' : percent(report?.relativeRms)),
    metric: 'relativeRms',
    isNumber: true,
  },
  {
    title: 'Largest difference',
    cell: ({ report }) => inWords(count(report?.largestDifference)),
    metric: 'largestDifference, in normalised action units',
    isNumber: true,
  },
  {
    title: 'Other mode',
    cell: ({ report }) => percent(report?.modeChangeRatio),
    metric: 'modeChangeRatio',
    isNumber: true,
  },
  { title: 'Offered', cell: ({ isOffered }) => (isOffered ? 'yes' : 'no') },
];

/** What each precision costs the version. */
export function PrecisionTable({ version }: { readonly version: Schemas['ModelVersion'] }) {
  const rounded = (['int8', 'bf16'] as const).map((precision): Row => {
    const report = version[precision] ?? undefined;
    return { precision, report, isOffered: report !== undefined && report.relativeRms <= MAX_RELATIVE_RMS };
  });
  const rows: readonly Row[] = [{ precision: 'float32', report: undefined, isOffered: true }, ...rounded];
  return (
    <section>
      <h2>Precision</h2>
      <Table label="Precision" columns={COLUMNS} rows={rows} keyOf={({ precision }) => precision} />
      <p class="hint">{rounded.map(measurementOf).join(' ')}</p>
    </section>
  );
}

function measurementOf({ precision, report }: Row): string {
  return report === undefined
    ? `${precision} was not measured for this version, so it is not offered.`
    : `${precision} was measured with ${report.rows} rows of ${report.numInferenceSteps} steps on ${report.cpu}, and is offered up to an error of ${percent(MAX_RELATIVE_RMS)}.`;
}
