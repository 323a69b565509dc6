import { found, type Schemas } from '#client';
import { useResource } from '../../data/resource.js';
import { linkTo } from '../../data/route.js';
import { service } from '../../data/service.js';
import { Allowed } from '../../parts/allowed.js';
import { EmptyPage } from '../../parts/empty-page.js';
import { Loaded } from '../../parts/loaded.js';
import { Table, type Column } from '../../parts/table.js';
import { count, inWords, size } from '../../parts/quantity.js';
import { Time } from '../../parts/time.js';
import { DatasetUpload } from './dataset-upload.js';

const COLUMNS: readonly Column<Schemas['Dataset']>[] = [
  { title: 'Dataset', cell: ({ name }) => <a href={linkTo('datasets', name)}>{name}</a> },
  { title: 'Pairs', cell: (row) => inWords(count(row.count)), metric: 'count', isNumber: true },
  { title: 'Observation', cell: ({ obsSize }) => obsSize, metric: 'obsSize', isNumber: true },
  {
    title: 'Actions',
    cell: ({ actionHorizon, actionDim }) => `${actionHorizon} × ${actionDim}`,
    metric: 'actionHorizon × actionDim',
    isNumber: true,
  },
  {
    title: 'Range of actions',
    cell: ({ actionRange }) => rangeInWords(actionRange),
    metric: 'actionRange',
    isNumber: true,
  },
  { title: 'Size', cell: ({ bytes }) => inWords(size(bytes)), metric: 'bytes', isNumber: true },
  { title: 'Warnings', cell: ({ warnings }) => warnings.length, metric: 'warnings', isNumber: true },
  { title: 'Stored', cell: ({ createdAt }) => <Time at={createdAt} /> },
];

/** All datasets by name, and a form for another one. */
export function DatasetsPage() {
  const datasets = useResource(async (signal) => found(await service.GET('/v1/datasets', { signal })));
  return (
    <>
      <h1>Datasets</h1>
      <Loaded resource={datasets}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyPage text="There is no dataset yet." command="npm run stride -- datasets upload NAME FILE" />
          ) : (
            <Table label="Datasets" columns={COLUMNS} rows={items} keyOf={({ name }) => name} />
          )
        }
      </Loaded>
      <Allowed scope="train">
        <DatasetUpload onStored={datasets.reload} />
      </Allowed>
    </>
  );
}

/** 0 … 100 */
export function rangeInWords({ min, max }: Schemas['ValueRange']): string {
  return `${inWords(count(min))} … ${inWords(count(max))}`;
}
