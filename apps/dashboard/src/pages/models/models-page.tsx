import { found, type Schemas } from '#client';
import { useResource } from '../../data/resource.js';
import { linkTo } from '../../data/route.js';
import { service } from '../../data/service.js';
import { EmptyPage } from '../../parts/empty-page.js';
import { Loaded } from '../../parts/loaded.js';
import { count, inWords, size } from '../../parts/quantity.js';
import { Table, type Column } from '../../parts/table.js';
import { Time } from '../../parts/time.js';

type Model = Schemas['Model'];

const latest = ({ versions }: Model) => versions.at(-1);

const COLUMNS: readonly Column<Model>[] = [
  { title: 'Model', cell: ({ name }) => <a href={linkTo('models', name)}>{name}</a> },
  { title: 'Latest', cell: ({ latestVersion }) => latestVersion, metric: 'latestVersion', isNumber: true },
  { title: 'Versions', cell: ({ versions }) => versions.length, metric: 'versions', isNumber: true },
  {
    title: 'Aliases',
    cell: ({ aliases }) =>
      Object.entries(aliases)
        .map(([alias, version]) => `${alias} → ${version}`)
        .join(', '),
    metric: 'aliases',
  },
  {
    title: 'Actions',
    cell: (model) => sizes(latest(model)?.config),
    metric: 'config.actionHorizon × config.actionDim',
    isNumber: true,
  },
  {
    title: 'Parameters',
    cell: (model) => inWords(count(latest(model)?.parameters)),
    metric: 'parameters',
    isNumber: true,
  },
  { title: 'Size', cell: (model) => inWords(size(latest(model)?.bytes)), metric: 'bytes', isNumber: true },
  { title: 'Published', cell: (model) => <Time at={latest(model)?.createdAt} /> },
];

/** All models by name. */
export function ModelsPage() {
  const models = useResource(async (signal) => found(await service.GET('/v1/models', { signal })));
  return (
    <>
      <h1>Models</h1>
      <Loaded resource={models}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyPage
              text="There is no model yet."
              command="npm run stride -- train --model MODEL --dataset DATASET"
            />
          ) : (
            <Table label="Models" columns={COLUMNS} rows={items} keyOf={({ name }) => name} />
          )
        }
      </Loaded>
    </>
  );
}

function sizes(config: Schemas['ModelConfig'] | undefined): string {
  return config === undefined ? '–' : `${config.actionHorizon} × ${config.actionDim}`;
}
