import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findProgram } from '#system';
import { dashboardExpressions } from './dashboard-expressions.js';

const directory = fileURLToPath(new URL('../../deploy/prometheus/', import.meta.url));
const promtool = findProgram('promtool');

function run(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(promtool ?? '', args, { encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

describe.skipIf(promtool === undefined)("The Prometheus files (promtool is Debian's package prometheus)", () => {
  it.each(['prometheus.yml', 'fleet.yml'])('%s is a valid configuration with valid rules', (file) => {
    expect(run('check', 'config', join(directory, file))).toMatchObject({ status: 0 });
  });

  it('the alerts fire when they should, and only then', () => {
    expect(run('test', 'rules', join(directory, 'alerts.test.yml'))).toMatchObject({ status: 0 });
  });

  it('every alert has a unit test', () => {
    const alerts = [...read('alerts.yml').matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    const firing = new Set(
      [...read('alerts.test.yml').matchAll(/alertname: (\w+)\n\s+exp_alerts/g)].map(([, name]) => name),
    );
    expect(alerts.filter((name) => !firing.has(name))).toEqual([]);
  });

  it('every alert has a line in the run-book, and the run-book names no other', () => {
    const alerts = [...read('alerts.yml').matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    const lines = [...read('../../docs/operating.md').matchAll(/^\| `(Stride\w+)` +\|/gm)].map(([, name]) => name);
    expect(lines.sort()).toEqual(alerts.sort());
  });

  it('the rules with the former names of metrics are valid, and take their values from metrics that there are', () => {
    expect(run('check', 'rules', join(directory, 'former-names.yml'))).toMatchObject({ status: 0 });
    const present = readFileSync(join(directory, '../../docs/metrics.md'), 'utf8');
    const asked = [...read('former-names.yml').matchAll(/expr: (\w+?)(?:_bucket|_sum|_count)? }/g)].map(
      ([, name]) => name,
    );
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((name) => !present.includes(`\`${name}\``))).toEqual([]);
  });

  it('every expression of the dashboard is PromQL', () => {
    const scratch = mkdtempSync(join(tmpdir(), 'stride-rules-'));
    const rules = dashboardExpressions('1m').map(({ expr }, index) => ({ record: `dashboard:${index}`, expr }));
    const file = join(scratch, 'dashboard.json'); // JSON is YAML
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    expect(run('check', 'rules', file)).toMatchObject({ status: 0 });
    rmSync(scratch, { recursive: true });
  });
});

function read(file: string): string {
  return readFileSync(join(directory, file), 'utf8');
}
