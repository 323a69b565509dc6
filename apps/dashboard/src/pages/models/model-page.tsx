import { found, type Schemas } from '#client';
import { useResource } from '../../data/resource.js';
import { route } from '../../data/route.js';
import { service } from '../../data/service.js';
import { Allowed } from '../../parts/allowed.js';
import { Loaded } from '../../parts/loaded.js';
import { AliasTable } from './alias-table.js';
import { PrecisionTable } from './precision-table.js';
import { StepQuality } from './step-quality.js';
import { TryIt } from './try-it.js';
import { VersionFacts } from './version-facts.js';
import { VersionTable } from './version-table.js';

/** One model: its versions, and what the chosen one is and does. */
export function ModelPage({ segments: [name = ''] }: { readonly segments: readonly string[] }) {
  const model = useResource(
    async (signal) => found(await service.GET('/v1/models/{name}', { params: { path: { name } }, signal })),
    { key: name },
  );
  return (
    <>
      <h1>{name}</h1>
      <Loaded resource={model}>{(value) => <Versions model={value} onChange={model.reload} />}</Loaded>
    </>
  );
}

interface VersionsProps {
  readonly model: Schemas['Model'];
  readonly onChange: () => void;
}

function Versions({ model, onChange }: VersionsProps) {
  const wanted = route.value.query.get('version') ?? `${model.latestVersion}`;
  const version = model.versions.find((one) => `${one.version}` === wanted) ?? model.versions.at(-1);
  if (version === undefined) return <p class="hint">All of its versions were deleted.</p>;
  return (
    <>
      <div class="side-by-side">
        <VersionTable model={model} shown={version.version} />
        <AliasTable model={model} onChange={onChange} />
      </div>
      <Allowed scope="jobs:write">
        <TryIt key={version.sha256} version={version} />
      </Allowed>
      <div class="side-by-side">
        <PrecisionTable version={version} />
        <Allowed scope="jobs:write">
          <StepQuality key={version.sha256} version={version} />
        </Allowed>
      </div>
      <VersionFacts version={version} />
    </>
  );
}
