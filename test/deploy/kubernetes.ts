import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { z } from 'zod';
import { findProgram } from '#system';
import { root } from '../processes.js';

const Labels = z.record(z.string(), z.string());
const Variable = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .object({
      fieldRef: z.object({ fieldPath: z.string() }).optional(),
      secretKeyRef: z.object({ name: z.string(), key: z.string() }).optional(),
    })
    .optional(),
});
const Probe = z.object({ httpGet: z.object({ path: z.string(), port: z.string() }) });
const Container = z.object({
  name: z.string(),
  args: z.array(z.string()),
  env: z.array(Variable).default([]),
  envFrom: z.array(z.object({ configMapRef: z.object({ name: z.string() }) })).default([]),
  ports: z.array(z.object({ name: z.string(), containerPort: z.int() })).default([]),
  readinessProbe: Probe.optional(),
  livenessProbe: Probe.optional(),
  startupProbe: Probe.optional(),
  lifecycle: z.object({ preStop: z.object({ exec: z.object({ command: z.array(z.string()) }) }) }).optional(),
  resources: z.object({ requests: Labels, limits: Labels }),
  securityContext: z.unknown(),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
});
export type Container = z.output<typeof Container>;
const Pod = z.object({
  enableServiceLinks: z.boolean(),
  serviceAccountName: z.string().optional(),
  terminationGracePeriodSeconds: z.number().default(30),
  securityContext: z.unknown(),
  initContainers: z.array(Container).default([]),
  containers: z.array(Container),
  volumes: z.array(
    z.object({
      name: z.string(),
      secret: z.object({ secretName: z.string() }).optional(),
      configMap: z.object({ name: z.string() }).optional(),
      persistentVolumeClaim: z.object({ claimName: z.string() }).optional(),
    }),
  ),
});
const Template = z.object({ metadata: z.object({ labels: Labels }), spec: Pod });
/** A pod that an object makes. */
export interface PodMaker {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly selector: unknown;
  readonly pod: z.output<typeof Pod>;
}

const Manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional(), labels: Labels.default({}) }),
  spec: z.looseObject({}).optional(),
  data: Labels.optional(),
});
export type Manifest = z.output<typeof Manifest>;

export const kubectl = findProgram('kubectl');

/** The objects of an overlay, as kubectl renders them without any cluster. */
export function render(overlay: string): Manifest[] {
  const directory = join(root, 'deploy/kubernetes/overlays', overlay);
  const yaml = execFileSync(kubectl ?? '', ['kustomize', directory], { encoding: 'utf8', stdio: 'pipe' });
  const args = ['annotate', '--local', '--output=json', '--filename=-', 'rendered=yes'];
  const json = execFileSync(kubectl ?? '', args, { input: yaml, encoding: 'utf8', stdio: 'pipe' });
  return json.split(/(?<=^\})\n/m).flatMap((text) => (text.trim() === '' ? [] : Manifest.parse(JSON.parse(text))));
}

/** Deployments and jobs. */
export function podMakers(manifests: readonly Manifest[]): PodMaker[] {
  return manifests.flatMap(({ metadata: { name }, spec }) => {
    if (spec === undefined || !('template' in spec)) return [];
    const { metadata, spec: pod } = Template.parse(spec['template']);
    return [{ name, labels: metadata.labels, selector: spec['selector'], pod }];
  });
}
