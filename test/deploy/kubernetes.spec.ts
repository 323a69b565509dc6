import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { Role } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import { RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadApiConfig } from '../../apps/api/src/api-config.js';
import { SHUTDOWN_MS } from '../../apps/worker/src/process/lifecycle.service.js';
import { loadWorkerConfig } from '../../apps/worker/src/process/worker.config.js';
import { root } from '../processes.js';
import { kubectl, podMakers, render, type Container, type Manifest, type PodMaker } from './kubernetes.js';

const OVERLAYS = ['cpu', 'gpu', 'monitoring', 'keda', 's3'];
const MODELS: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  ConfigMap,
  Deployment,
  Job,
  NetworkPolicy,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  Role,
  RoleBinding,
  ScaledObject,
  Service,
  ServiceAccount,
  ServiceMonitor,
};
const LOADERS: Readonly<Record<string, (source: NodeJS.ProcessEnv) => object>> = {
  api: loadApiConfig,
  worker: loadWorkerConfig,
};
const Selecting = z.object({ matchLabels: z.record(z.string(), z.string()) });
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const documentation = read('docs/deployment.md');
const apiShutdownMs = Number(/SHUTDOWN_MS = ([\d_]+)/.exec(read('apps/api/src/main.ts'))?.[1]?.replaceAll('_', ''));

describe.skipIf(kubectl === undefined)("deploy/kubernetes (kubectl is Debian's package kubernetes-client)", () => {
  describe.each(OVERLAYS)('the overlay %s', (overlay) => {
    const manifests = kubectl === undefined ? [] : render(overlay);
    const makers = podMakers(manifests);
    const containers = makers.flatMap(({ pod }) => [...pod.initContainers, ...pod.containers]);
    const named = (kind: string) => manifests.filter((each) => each.kind === kind);
    const names = (kind: string) => named(kind).map(({ metadata }) => metadata.name);

    it('has only objects that Kubernetes, KEDA and the Prometheus Operator take', () => {
      for (const { ...manifest } of manifests) {
        const Model = MODELS[manifest.kind];
        if (Model === undefined) throw new Error(`nobody checks a ${manifest.kind}`);
        const { apiVersion } = new Model({ metadata: {} } as never) as { apiVersion?: string };
        expect([manifest.kind, manifest.apiVersion]).toEqual([manifest.kind, apiVersion]);
        expect(() => new Model(manifest as never).validate(), manifest.metadata.name).not.toThrow();
        expect([manifest.metadata.name, manifest.metadata.namespace]).toEqual([manifest.metadata.name, 'stride']);
      }
    });

    it('runs API, workers and the job of the first key, without rights and on read-only file systems', () => {
      expect(makers.map(({ name }) => name).sort()).toEqual(['stride-api', 'stride-first-key', 'stride-worker']);
      for (const { pod } of makers)
        expect(pod).toMatchObject({
          enableServiceLinks: false,
          securityContext: { runAsNonRoot: true, runAsUser: 1000 },
        });
      for (const { securityContext } of containers)
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
    });

    it('sets variables that the process reads, to values that it takes', () => {
      const shared = new Set(Object.keys(settings(manifests)).filter(isOurs));
      for (const container of containers) {
        const load = LOADERS[container.name];
        if (load === undefined) continue;
        const variables = environment(container, manifests);
        const config = load(variables);
        const unread = container.env.filter((each) => isOurs(each.name) && !(each.name in config));
        expect([container.name, unread]).toEqual([container.name, []]);
        for (const variable of Object.keys(config)) shared.delete(variable);
        const foreign = Object.keys(variables).filter((variable) => !isOurs(variable));
        expect(foreign.filter((variable) => !documentation.includes(`\`${variable}\``))).toEqual([]);
      }
      expect([...shared]).toEqual([]);
    });

    it('has every path that a setting names on a volume', () => {
      const paths = Object.values(settings(manifests)).filter((value) => value.startsWith('/'));
      expect(paths.length).toBeGreaterThan(1);
      for (const { volumeMounts, name } of containers.filter((each) => each.name in LOADERS))
        for (const path of paths)
          expect([name, path, volumeMounts.some(({ mountPath }) => path.startsWith(mountPath))]).toEqual([
            name,
            path,
            true,
          ]);
    });

    it('refers to volumes, configurations, claims and accounts that there are, and to secrets that the guide makes', () => {
      const configurations = names('ConfigMap');
      for (const { name, env, envFrom } of containers) {
        expect([name, envFrom.filter(({ configMapRef }) => !configurations.includes(configMapRef.name))]).toEqual([
          name,
          [],
        ]);
        for (const { secretKeyRef } of env.flatMap(({ valueFrom }) => valueFrom ?? []))
          if (secretKeyRef !== undefined) expect(isMade(secretKeyRef.name, secretKeyRef.key)).toBe(true);
      }
      for (const { pod } of makers) {
        const volumes = pod.volumes.map(({ name }) => name);
        const mounted = [...pod.initContainers, ...pod.containers].flatMap(({ volumeMounts }) => volumeMounts);
        expect([...new Set(mounted.map(({ name }) => name))].sort()).toEqual(volumes.sort());
        for (const { secret, configMap, persistentVolumeClaim: claim } of pod.volumes) {
          if (secret !== undefined) expect(isMade(secret.secretName, 'password')).toBe(true);
          if (configMap !== undefined) expect(configurations).toContain(configMap.name);
          if (claim !== undefined) expect(names('PersistentVolumeClaim')).toContain(claim.claimName);
        }
        if (pod.serviceAccountName !== undefined) expect(names('ServiceAccount')).toContain(pod.serviceAccountName);
      }
    });

    it('selects pods that there are, by ports that they have', () => {
      for (const { name, labels, selector } of makers.filter((each) => each.selector !== undefined))
        expect([name, selector]).toEqual([name, { matchLabels: matching(selector, labels) }]);
      for (const { metadata, spec } of named('Service')) {
        const { selector, ports } = spec as { selector: Record<string, string>; ports: { targetPort: string }[] };
        const selected = makers.filter(({ labels }) =>
          Object.entries(selector).every(([key, value]) => labels[key] === value),
        );
        expect([metadata.name, selected.length]).toEqual([metadata.name, 1]);
        const open = portsOf(selected).map(({ name }) => name);
        expect(open).toEqual(expect.arrayContaining(ports.map(({ targetPort }) => targetPort)));
      }
      for (const container of containers)
        for (const probe of [container.startupProbe, container.readinessProbe, container.livenessProbe])
          if (probe !== undefined) expect(container.ports.map(({ name }) => name)).toContain(probe.httpGet.port);
      const open = new Set(portsOf(makers).map(({ containerPort }) => containerPort));
      for (const [, port] of JSON.stringify(named('NetworkPolicy')).matchAll(/"port":(\d+)/g))
        expect(open).toContain(Number(port));
      for (const { spec } of [...named('PodDisruptionBudget'), ...named('NetworkPolicy')]) {
        const { matchLabels } = Selecting.parse(spec?.['selector'] ?? spec?.['podSelector']);
        const isSelected = ({ labels }: PodMaker) =>
          Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
        expect(makers.some(isSelected)).toBe(true);
      }
    });

    it('listens on the ports that it opens', () => {
      for (const container of containers.filter(({ name }) => name in LOADERS)) {
        const variables = environment(container, manifests);
        const listened = ['STRIDE_PORT', 'STRIDE_MANAGEMENT_PORT', 'STRIDE_METRICS_PORT'].flatMap(
          (name) => variables[name] ?? [],
        );
        expect(container.ports.map(({ containerPort }) => `${containerPort}`).sort()).toEqual(listened.sort());
      }
    });

    it('gives every process the time that its shutdown may take, and lets the API go on while it is not ready', () => {
      const shutdownMs: Readonly<Record<string, number>> = { api: apiShutdownMs, worker: SHUTDOWN_MS };
      for (const { pod } of makers)
        for (const { name, lifecycle } of pod.containers.filter((each) => each.name in LOADERS)) {
          const noticeSeconds = Number(lifecycle?.preStop.exec.command[1] ?? 0);
          expect(noticeSeconds).toBe(name === 'api' ? 5 : 0);
          expect((pod.terminationGracePeriodSeconds - noticeSeconds) * 1_000).toBeGreaterThan(
            shutdownMs[name] ?? Infinity,
          );
        }
    });
  });

  it('has the Prometheus Operator scrape both kinds of processes, under the names that rules and alerts know', () => {
    const services = render('monitoring').filter(
      ({ kind, metadata }) => kind === 'Service' && 'stride-job' in metadata.labels,
    );
    expect(services.map(({ metadata }) => metadata.labels['stride-job'])).toEqual(['stride-api', 'stride-worker']);
    for (const { spec } of services) expect(spec).toMatchObject({ ports: [{ name: 'metrics' }] });
  });

  it.each(['monitoring', 'keda'])('has the overlay %s scrape by TLS with the patch that the guide gives', (overlay) => {
    const [, patch = ''] = /^```yaml\n(patchesJson6902:.*?)^```$/ms.exec(documentation) ?? [];
    const directory = mkdtempSync(join(tmpdir(), 'stride-overlay-'));
    const overlays = join(root, 'deploy/kubernetes/overlays');
    const base = `bases: [${relative(directory, join(overlays, overlay))}]`;
    writeFileSync(join(directory, 'kustomization.yaml'), `kind: Kustomization\n${base}\n${patch}`);
    const monitor = render(relative(overlays, directory)).find(({ kind }) => kind === 'ServiceMonitor');
    rmSync(directory, { recursive: true });
    new ServiceMonitor(monitor as never).validate();
    const tlsConfig = { ca: { secret: { name: 'stride-tls', key: 'ca.crt' } }, serverName: 'stride.example.com' };
    expect(monitor?.spec).toMatchObject({ endpoints: [{ port: 'metrics', scheme: 'https', tlsConfig }] });
  });

  it('has KEDA scale the workers by a metric that there is', () => {
    const manifests = render('keda');
    const [scaled] = manifests.filter(({ kind }) => kind === 'ScaledObject');
    const text = JSON.stringify(scaled);
    expect(podMakers(manifests).map(({ name }) => name)).toContain(
      /"scaleTargetRef":\{"name":"([^"]+)"/.exec(text)?.[1],
    );
    const metric = /max\((\w+)/.exec(text)?.[1];
    expect(read('docs/metrics.md')).toContain(`\`${metric}\``);
    const workers = manifests.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'stride-worker');
    expect(workers?.spec).not.toHaveProperty('replicas');
  });
});

function isOurs(variable: string): boolean {
  return variable.startsWith('STRIDE_') || variable === 'REDIS_URL';
}

/** What all processes share. */
function settings(manifests: readonly Manifest[]): Record<string, string> {
  return manifests.find(({ kind, data }) => kind === 'ConfigMap' && data?.['REDIS_URL'] !== undefined)?.data ?? {};
}

function environment({ env, envFrom }: Container, manifests: readonly Manifest[]): Record<string, string> {
  const own = env.map(
    ({ name, value, valueFrom }) => [name, value ?? (valueFrom?.fieldRef ? '10.0.0.7' : 'secret')] as const,
  );
  return { ...(envFrom.length > 0 && settings(manifests)), ...Object.fromEntries(own) };
}

/** Whether the guide says how to make the secret with this key. */
function isMade(secret: string, key: string): boolean {
  const commands = documentation.split('\n').filter((line) => line.includes(`create secret generic ${secret} `));
  return commands.some((line) => new RegExp(`--from-(?:literal|file)=${key}=`).test(line));
}

function matching(selector: unknown, labels: Readonly<Record<string, string>>): Record<string, string> {
  const { matchLabels } = Selecting.parse(selector);
  return Object.fromEntries(Object.entries(labels).filter(([key]) => key in matchLabels));
}

function portsOf(makers: readonly PodMaker[]): Container['ports'] {
  return makers.flatMap(({ pod }) => pod.containers.flatMap(({ ports }) => ports));
}
