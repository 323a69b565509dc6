import { useSignal } from '@preact/signals';
import { found, type Schemas } from '#client';
import { useAction } from '../../data/action.js';
import { service } from '../../data/service.js';
import { may } from '../../data/session.js';
import { submitted } from '../../data/submitted.js';
import { Allowed } from '../../parts/allowed.js';
import { ErrorNote } from '../../parts/error-note.js';
import { Table, type Column } from '../../parts/table.js';

interface AliasTableProps {
  readonly model: Schemas['Model'];
  /** Called when an alias means another version. */
  readonly onChange: () => void;
}

interface Row {
  readonly alias: string;
  readonly version: number;
}

/** What `name@alias` means; another choice moves it, and a form makes a new one. */
export function AliasTable({ model, onChange }: AliasTableProps) {
  const said = useSignal('');
  const setting = useAction(async (alias: string, version: number) => {
    said.value = '';
    const path = { name: model.name, alias };
    found(await service.PUT('/v1/models/{name}/aliases/{alias}', { params: { path }, body: { version } }));
    said.value = `${model.name}@${alias} means version ${version} from now on.`;
    onChange();
  });
  const columns: readonly Column<Row>[] = [
    { title: 'Alias', cell: ({ alias }) => <code>{`${model.name}@${alias}`}</code> },
    {
      title: 'Means version',
      cell: ({ alias, version }) =>
        may('models:write') ? (
          <VersionChoice
            label={`Version of ${alias}`}
            model={model}
            version={version}
            onChoose={(chosen) => setting.run(alias, chosen)}
          />
        ) : (
          version
        ),
      metric: 'aliases',
    },
  ];
  const rows = Object.entries(model.aliases).map(([alias, version]) => ({ alias, version }));
  return (
    <section>
      <h2>Aliases</h2>
      <ErrorNote error={setting.error.value} />
      {rows.length === 0 ? (
        <p class="hint">There is none yet.</p>
      ) : (
        <Table label="Aliases" columns={columns} rows={rows} keyOf={({ alias }) => alias} />
      )}
      <Allowed scope="models:write">
        <NewAlias model={model} onSet={setting.run} />
      </Allowed>
      {said.value !== '' && <p role="status">{said}</p>}
    </section>
  );
}

interface NewAliasProps {
  readonly model: Schemas['Model'];
  readonly onSet: (alias: string, version: number) => void;
}

function NewAlias({ model, onSet }: NewAliasProps) {
  const version = useSignal(model.latestVersion);
  const submit = submitted((fields, form) => {
    const alias = fields.get('alias');
    if (typeof alias !== 'string') return;
    form.reset();
    onSet(alias, version.value);
  });
  return (
    <form class="controls" onSubmit={submit}>
      <label>
        New alias{' '}
        <input
          name="alias"
          required
          pattern="[a-z][a-z0-9._\-]*"
          maxLength={64}
          placeholder="stable"
          autocomplete="off"
        />
      </label>
      <VersionChoice
        label="Version of the new alias"
        model={model}
        version={version.value}
        onChoose={(chosen) => (version.value = chosen)}
      />
      <button>Set</button>
    </form>
  );
}

interface VersionChoiceProps {
  readonly label: string;
  readonly model: Schemas['Model'];
  readonly version: number;
  readonly onChoose: (version: number) => void;
}

function VersionChoice({ label, model, version, onChoose }: VersionChoiceProps) {
  const known = model.versions.map((one) => one.version).reverse();
  return (
    <select aria-label={label} value={version} onChange={({ currentTarget }) => onChoose(Number(currentTarget.value))}>
      {!known.includes(version) && <option value={version}>{version}, deleted</option>}
      {known.map((number) => (
        <option key={number} value={number}>
          {number}
        </option>
      ))}
    </select>
  );
}
