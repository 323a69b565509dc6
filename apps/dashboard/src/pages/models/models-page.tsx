import { found, type Schemas } from '#client';
import { useResource } from '../../data/resource.js';
import { linkTo } from '../../data/route.js';
import { service } from '../../data/service.js';
import { EmptyPage } from '../../parts/empty-page.js';
import { Loaded } from '../../parts/loaded.js';
import { Table, type Column } from '../../parts/table.js';

const COLUMNS: readonly Column<Schemas['Model']>[] = [
  { title: 'Model', cell: ({ name }) => <a href={linkTo('models', name)}>{name}</a> },
  { title: 'Latest version', cell: ({ latestVersion }) => latestVersion, isNumber: true },
  { title: 'Aliases', cell: ({ aliases }) => Object.keys(aliases).join(', ') },
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
