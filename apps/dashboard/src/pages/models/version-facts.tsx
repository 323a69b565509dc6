import type { Schemas } from '#client';
import { linkTo } from '../../data/route.js';
import { service } from '../../data/service.js';
import { Facts, factsOf, type Fact } from '../../parts/facts.js';
import { count, inWords, size } from '../../parts/quantity.js';
import { provenanceOf } from './provenance.js';

/** What a version is, where it comes from, and what it does unless a request says otherwise. */
export function VersionFacts({ version }: { readonly version: Schemas['ModelVersion'] }) {
  const { name, config, sampling, metrics, policy } = version;
  const { settings } = provenanceOf(version);
  const checkpoint = `${service.baseUrl}/v1/models/${encodeURIComponent(name)}/versions/${version.version}/checkpoint`;
  return (
    <>
      {version.hung && (
        <p class="warning">
          It made a worker hang at {version.hung.at}, so it is not run any more: {version.hung.reason}
        </p>
      )}
      {version.warnings.map(({ code, message }) => (
        <p key={message} class="warning">
          {message} <code>{code}</code>
        </p>
      ))}
      <h2>Version {version.version}</h2>
      <div class="side-by-side">
        <section>
          <h3>Where it comes from</h3>
          <Facts facts={originOf(version)} />
          <p>
            <a href={checkpoint} download>
              Download the {version.format} file
            </a>{' '}
            <span class="hint">{inWords(size(version.bytes))}</span>
          </p>
        </section>
        <section>
          <h3>Network</h3>
          <Facts
            facts={[
              { name: 'parameters', value: inWords(count(version.parameters)), metric: 'parameters' },
              ...factsOf(config, 'config'),
            ]}
          />
        </section>
        <Section title="Sampling defaults" facts={factsOf(sampling, 'sampling')} />
        <Section
          title="Training"
          facts={[...factsOf(metrics, 'metrics'), ...factsOf(settings, 'provenance.settings')]}
        />
        <Section title="As a policy" facts={factsOf(policy ?? {}, 'policy')} />
      </div>
    </>
  );
}

function Section({ title, facts }: { readonly title: string; readonly facts: readonly Fact[] }) {
  if (facts.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <Facts facts={facts} />
    </section>
  );
}

function originOf(version: Schemas['ModelVersion']): readonly Fact[] {
  const { trainingJobId, dataset, parent, others } = provenanceOf(version);
  return [
    ...factsOf(others, 'provenance'),
    ...(trainingJobId === undefined
      ? []
      : [
          {
            name: 'training job',
            value: <a href={linkTo('trainings', trainingJobId)}>{trainingJobId}</a>,
            metric: 'provenance.trainingJobId',
          },
        ]),
    ...(dataset === undefined
      ? []
      : [
          { name: 'dataset', value: <a href={linkTo('datasets', dataset)}>{dataset}</a>, metric: 'provenance.dataset' },
        ]),
    ...(parent === undefined
      ? []
      : [
          {
            name: 'parent',
            value: (
              <a
                href={`${linkTo('models', parent.name)}?version=${parent.version}`}
              >{`${parent.name}@${parent.version}`}</a>
            ),
            metric: 'provenance.parent',
          },
        ]),
    { name: 'sha256', value: <code>{version.sha256.slice(0, 16)}…</code>, metric: `sha256 ${version.sha256}` },
    { name: 'owner', value: version.owner, metric: 'owner' },
  ];
}
