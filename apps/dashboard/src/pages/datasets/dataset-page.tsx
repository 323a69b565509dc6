import { found, type Schemas } from '#client';
import { useResource } from '../../data/resource.js';
import { service } from '../../data/service.js';
import { Loaded } from '../../parts/loaded.js';
import { count, size } from '../../parts/quantity.js';
import { Stat } from '../../parts/stat.js';
import { rangeInWords } from './datasets-page.js';
import { DimensionTable } from './dimension-table.js';
import { RowPlayer } from './row-player.js';

/** One dataset. */
export function DatasetPage({ segments: [name = ''] }: { readonly segments: readonly string[] }) {
  const dataset = useResource(
    async (signal) => found(await service.GET('/v1/datasets/{name}', { params: { path: { name } }, signal })),
    { key: name },
  );
  return (
    <>
      <h1>{name}</h1>
      <Loaded resource={dataset}>
        {(value) => (
          <>
            <Counts dataset={value} />
            {value.warnings.map(({ code, message }) => (
              <p key={message} class="warning">
                {message} <code>{code}</code>
              </p>
            ))}
            <RowPlayer key={value.sha256} dataset={value} />
            <Statistics dataset={value} />
          </>
        )}
      </Loaded>
    </>
  );
}

function Counts({ dataset }: { readonly dataset: Schemas['Dataset'] }) {
  const { actionHorizon, actionDim, actionRange, observationRange, paddedSteps } = dataset;
  return (
    <div class="stats">
      <Stat label="Pairs" quantity={count(dataset.count)} metric="count" />
      <Stat label="Observation" quantity={count(dataset.obsSize, 'numbers')} metric="obsSize" />
      <Stat
        label="Steps × numbers"
        quantity={{ text: `${actionHorizon} × ${actionDim}`, unit: '' }}
        metric="actionHorizon × actionDim"
      />
      <Stat label="Action range" quantity={{ text: rangeInWords(actionRange), unit: '' }} metric="actionRange" />
      {observationRange && (
        <Stat
          label="Observation range"
          quantity={{ text: rangeInWords(observationRange), unit: '' }}
          metric="observationRange"
        />
      )}
      <Stat label="Padding" quantity={count(paddedSteps, 'steps')} metric="paddedSteps" />
      <Stat label="Size" quantity={size(dataset.bytes)} metric="bytes" />
    </div>
  );
}

function Statistics({ dataset: { name, sha256, obsSize, actionDim } }: { readonly dataset: Schemas['Dataset'] }) {
  const statistics = useResource(
    async (signal) =>
      found(await service.GET('/v1/datasets/{name}/statistics', { params: { path: { name } }, signal })),
    { key: sha256 },
  );
  return (
    <Loaded resource={statistics}>
      {({ observations, actions }) => (
        <div class="side-by-side">
          <DimensionTable title="Actions" dimensions={actions} total={actionDim} metric="actions" />
          {obsSize > 0 && (
            <DimensionTable title="Observations" dimensions={observations} total={obsSize} metric="observations" />
          )}
        </div>
      )}
    </Loaded>
  );
}
