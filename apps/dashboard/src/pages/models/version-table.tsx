import type { Schemas } from '#client';
import { linkTo } from '../../data/route.js';
import { count, inWords, size } from '../../parts/quantity.js';
import { Table, type Column } from '../../parts/table.js';
import { Time } from '../../parts/time.js';

type Version = Schemas['ModelVersion'];

interface VersionTableProps {
  readonly model: Schemas['Model'];
  /** Number of the version that the rest of the page is about. */
  readonly shown: number;
}

/** Every version, the newest first; a link shows one below. */
export function VersionTable({ model, shown }: VersionTableProps) {
  const columns: readonly Column<Version>[] = [
    {
      title: 'Version',
      cell: ({ version }) => (
        <a
          href={`${linkTo('models', model.name)}?version=${version}`}
          aria-current={version === shown ? 'true' : undefined}
        >
          {version}
        </a>
      ),
      isNumber: true,
    },
    { title: 'Aliases', cell: ({ version }) => aliasesOf(model, version), metric: 'aliases' },
    { title: 'From', cell: ({ provenance }) => sourceOf(provenance), metric: 'provenance.source' },
    {
      title: 'Loss',
      cell: ({ metrics }) => inWords(count(lossOf(metrics))),
      metric: 'metrics.validationLoss, else metrics.finalLoss',
      isNumber: true,
    },
    { title: 'int8', cell: ({ int8 }) => errorOf(int8), metric: 'int8.relativeRms', isNumber: true },
    { title: 'bf16', cell: ({ bf16 }) => errorOf(bf16), metric: 'bf16.relativeRms', isNumber: true },
    { title: 'Size', cell: ({ bytes }) => inWords(size(bytes)), metric: 'bytes', isNumber: true },
    { title: 'Published', cell: ({ createdAt }) => <Time at={createdAt} /> },
  ];
  return (
    <section>
      <h2>Versions</h2>
      <Table
        label="Versions"
        columns={columns}
        rows={[...model.versions].reverse()}
        keyOf={({ version }) => `${version}`}
      />
    </section>
  );
}

function aliasesOf({ aliases }: Schemas['Model'], version: number): string {
  return Object.keys(aliases)
    .filter((alias) => aliases[alias] === version)
    .join(', ');
}

/** That of data which the training has not seen, where there is one. */
function lossOf(metrics: Version['metrics']): number | undefined {
  return metrics.validationLoss ?? metrics.finalLoss;
}

function sourceOf({ source }: Version['provenance']): string {
  return typeof source === 'string' ? source : '–';
}

function errorOf(report: Version['int8']): string {
  return report === null ? '–' : `${(100 * report.relativeRms).toFixed(1)} %`;
}
