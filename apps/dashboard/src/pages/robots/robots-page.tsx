import { found, type Schemas } from '#client';
import { useResource } from '../../data/resource.js';
import { service } from '../../data/service.js';
import { EmptyPage } from '../../parts/empty-page.js';
import { Loaded } from '../../parts/loaded.js';
import { Table, type Column } from '../../parts/table.js';

const COLUMNS: readonly Column<Schemas['Model']>[] = [
  { title: 'Model', cell: ({ name }) => name },
  { title: 'Policy socket', cell: ({ name }) => <code>{`/v1/policies/${name}`}</code> },
];

/** What robots can ask for plans. */
export function RobotsPage() {
  const models = useResource(async (signal) => found(await service.GET('/v1/models', { signal })));
  return (
    <>
      <h1>Robots</h1>
      <Loaded resource={models}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyPage
              text="There is no model that a robot could ask."
              command="npm run stride -- train --model MODEL --dataset DATASET"
            />
          ) : (
            <Table label="Policies" columns={COLUMNS} rows={items} keyOf={({ name }) => name} />
          )
        }
      </Loaded>
    </>
  );
}
