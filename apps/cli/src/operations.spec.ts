import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from './program.js';

/** The command for each operation of the OpenAPI document. */
const COMMANDS: Readonly<Record<string, string>> = {
  listKeys: 'keys list',
  createKey: 'keys create',
  auditKeys: 'keys audit',
  revokeKey: 'keys revoke',
  rotateKey: 'keys rotate',
  limitKey: 'keys limit',
  getPolicy: 'models policy',
  describePolicy: 'models policy',
  listPolicySessions: 'robots',
  listSamplingJobs: 'jobs list',
  createSamplingJob: 'sample',
  getSamplingJob: 'jobs show',
  getSamplingResult: 'jobs result',
  getSamplingRequest: 'jobs request',
  getSamplingTrace: 'jobs trace',
  followSamplingJob: 'jobs watch',
  cancelSamplingJob: 'jobs cancel',
  listTrainingJobs: 'jobs list',
  createTrainingJob: 'train',
  getTrainingJob: 'jobs show',
  getTrainingMetrics: 'jobs metrics',
  getCheckpoints: 'jobs checkpoints',
  followTrainingJob: 'jobs watch',
  cancelTrainingJob: 'jobs cancel',
  pauseTrainingJob: 'jobs pause',
  resumeTrainingJob: 'jobs resume',
  listDatasets: 'datasets list',
  getDataset: 'datasets show',
  getDatasetStatistics: 'datasets stats',
  putDataset: 'datasets upload',
  deleteDataset: 'datasets delete',
  listModels: 'models list',
  getModel: 'models show',
  getModelVersion: 'models show',
  deleteModelVersion: 'models delete',
  downloadCheckpoint: 'models download',
  exportSampler: 'models export',
  importModelVersion: 'models import',
  setModelAlias: 'models alias',
  putArtifact: 'artifacts upload',
  getArtifact: 'artifacts download',
  listWebhookDeliveries: 'webhooks deliveries',
  redeliverWebhook: 'webhooks redeliver',
  createWebhookSecret: 'webhooks secret',
  rotateWebhookSecret: 'webhooks secret',
  listWorkers: 'workers',
  getStats: 'stats',
  watch: 'top',
};

/** What the command line leaves to others, and why. */
const EXCEPTIONS: Readonly<Record<string, RegExp>> = {
  'a shell submits or cancels one job at a time, in a loop if it must': /^(?:create|cancel)SamplingJobs$/,
  'the dashboard plays episodes; who wants the numbers has the file': /^getDatasetRows$/,
  'browsers log in; the command line sends its key with each request': /^(?:readSession|logIn|logOut)$/,
  'supervisors and load balancers ask for health': /^get(?:Health|Liveness|Readiness|Healthz)$/,
  'Prometheus asks where metrics are': /^listScrapeTargets$/,
  'clients of other projects speak their own protocols':
    /^(?:infer|\w*Inference\w*|inferVersion|get(?:VlaEval\w+|PolicyHealth|PolicyConfig))$/,
};

const schema = readFileSync(new URL('../../../libs/client/src/schema.ts', import.meta.url), 'utf8');
const operations = [
  ...schema.slice(schema.indexOf('export interface operations {')).matchAll(/^ {4}(?<id>\w+): \{$/gm),
].map(({ groups }) => groups?.['id'] ?? '');

describe('The command line and the HTTP API', () => {
  it('can do the same: every operation has a command, or a reason to have none', () => {
    expect(operations.length).toBeGreaterThan(50);
    const reasons = Object.values(EXCEPTIONS);
    expect(operations.filter((id) => !(id in COMMANDS) && !reasons.some((names) => names.test(id)))).toEqual([]);
  });

  it('have no command for an operation that is gone, and no reason that nothing needs', () => {
    expect(Object.keys(COMMANDS).filter((id) => !operations.includes(id))).toEqual([]);
    for (const [reason, names] of Object.entries(EXCEPTIONS))
      expect(
        operations.filter((id) => names.test(id) && !(id in COMMANDS)),
        reason,
      ).not.toEqual([]);
  });

  it('name commands that there are', () => {
    const paths = pathsOf(createProgram(), '');
    expect([...new Set(Object.values(COMMANDS))].filter((path) => !paths.includes(path))).toEqual([]);
  });
});

function pathsOf(command: Command, path: string): string[] {
  return command.commands.flatMap((child) => {
    const own = `${path} ${child.name()}`.trim();
    return [own, ...pathsOf(child, own)];
  });
}
