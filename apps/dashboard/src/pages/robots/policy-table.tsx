import { found, type Schemas } from '#client';
import { useResource } from '../../data/resource.js';
import { linkTo } from '../../data/route.js';
import { service } from '../../data/service.js';
import { Loaded } from '../../parts/loaded.js';
import { count, inWords } from '../../parts/quantity.js';
import { Table, type Column } from '../../parts/table.js';

type Model = Schemas['Model'];

const newest = ({ versions }: Model) => versions.at(-1);

const COLUMNS: readonly Column<Model>[] = [
  { title: 'Model', cell: ({ name }) => <a href={linkTo('models', name)}>{name}</a> },
  { title: 'Address of the policy socket', cell: ({ name }) => <code>{socketOf(name)}</code> },
  {
    title: 'Observation',
    cell: (model) => inWords(count(newest(model)?.config.obsSize)),
    metric: 'config.obsSize',
    isNumber: true,
  },
  {
    title: 'Plan',
    cell: (model) => `${newest(model)?.config.actionHorizon ?? '–'} × ${newest(model)?.config.actionDim ?? '–'}`,
    metric: 'config.actionHorizon × config.actionDim',
    isNumber: true,
  },
  {
    title: 'Actions',
    cell: (model) => perSecond(newest(model)?.policy?.fps),
    metric: 'policy.fps',
    isNumber: true,
  },
];

/** What robots can ask for plans, and where. */
export function PolicyTable() {
  const models = useResource(async (signal) => found(await service.GET('/v1/models', { signal })));
  return (
    <section>
      <h2>Policies</h2>
      <Loaded resource={models}>
        {({ items }) =>
          items.length === 0 ? (
            <p class="hint">There is no model that a robot could ask.</p>
          ) : (
            <Table label="Policies" columns={COLUMNS} rows={items} keyOf={({ name }) => name} />
          )
        }
      </Loaded>
    </section>
  );
}

function socketOf(name: string): string {
  return `${service.baseUrl.replace(/^http/, 'ws')}/v1/policies/${name}`;
}

function perSecond(fps: number | undefined): string {
  return fps === undefined ? '–' : inWords(count(fps, '/s'));
}
