import type { Schemas } from '#client';
import { Bars } from '../../parts/bars.js';
import { count, inWords } from '../../parts/quantity.js';
import { Table, type Column } from '../../parts/table.js';

interface DimensionTableProps {
  readonly title: string;
  readonly dimensions: readonly Schemas['DimensionStatistics'][];
  /** How many there are in all; the first of them are measured. */
  readonly total: number;
  /** Field of the API. */
  readonly metric: string;
}

type Row = Schemas['DimensionStatistics'] & { readonly j: number };

/** Each number of an observation or of a step: its range, and how its values spread. */
export function DimensionTable({ title, dimensions, total, metric }: DimensionTableProps) {
  const constant = dimensions.filter(isConstant).length;
  const figure = (name: 'min' | 'max' | 'mean' | 'deviation', heading: string): Column<Row> => ({
    title: heading,
    cell: (row) => inWords(count(row[name])),
    metric: `${metric}.${name}`,
    isNumber: true,
  });
  const columns: readonly Column<Row>[] = [
    { title: 'Number', cell: ({ j }) => j, isNumber: true },
    {
      title: 'Spread',
      cell: (row) =>
        isConstant(row) ? (
          <span class="constant">never moves</span>
        ) : (
          <Bars counts={row.histogram} label={spoken(row)} />
        ),
      metric: `${metric}.histogram`,
    },
    figure('min', 'Min'),
    figure('mean', 'Mean'),
    figure('max', 'Max'),
    figure('deviation', 'Deviation'),
  ];
  return (
    <section>
      <h2>{title}</h2>
      <p class="hint">
        {dimensions.length < total ? `The first ${dimensions.length} of ${total} numbers` : `${total} numbers`} in units
        of the data; {constant === 0 ? 'each moves' : `${constant} never moving`}.
      </p>
      <Table
        label={title}
        columns={columns}
        rows={dimensions.map((dimension, j) => ({ ...dimension, j }))}
        keyOf={({ j }) => `${j}`}
      />
    </section>
  );
}

function isConstant({ min, max }: Schemas['DimensionStatistics']): boolean {
  return min === max;
}

function spoken({ min, max, histogram }: Schemas['DimensionStatistics']): string {
  return `values in ${histogram.length} parts of ${min} to ${max}: ${histogram.join(', ')}`;
}
