import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findProgram } from '#system';

const root = fileURLToPath(new URL('../../', import.meta.url));
const compose = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const composeProgram = findProgram('docker-compose');

/** `docker-compose config` needs no Docker engine: it prints the file with everything filled in. */
function config(): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(composeProgram ?? '', ['config'], { cwd: root, encoding: 'utf8' });
}

describe('docker-compose.yml', () => {
  it('publishes ports on loopback only', () => {
    const published = [...compose.matchAll(/ports: \[?'?([^'\]\n]+)/g)].map(([, port]) => port);
    expect(published.length).toBeGreaterThan(0);
    expect(published.filter((port) => !port?.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('gives Redis an append-only file and forbids it to evict', () => {
    expect(compose).toMatch(/--appendonly,\s+'yes'/);
    expect(compose).toMatch(/--maxmemory-policy,\s+noeviction/);
  });

  it('lets no request in without a key, and makes the first one', () => {
    expect(compose).toMatch(/STRIDE_REQUIRE_AUTH: 'true'/);
    expect(compose).toMatch(/keys, create, first, --if-none, --out, \/keys\/first\]/);
    expect(dockerfile).toMatch(/install -d -m 700 -o node -g node \/keys/);
  });

  it('names only programs, stages and directories that exist', () => {
    const programs = [...compose.matchAll(/command: \[(?:--\S+, )?dist\/([^\s,]+)\.js[,\]]/g)].map(
      ([, path]) => `${path}.ts`,
    );
    const mounted = [...compose.matchAll(/(\.\/deploy\/[\w/]+):/g)].map(([, path]) => path ?? '');
    expect(programs).toHaveLength(3);
    expect([...programs, ...mounted].filter((path) => !existsSync(join(root, path)))).toEqual([]);
    for (const [, target] of compose.matchAll(/target: (\w+)/g)) expect(dockerfile).toContain(` AS ${target}`);
  });
});

describe.skipIf(composeProgram === undefined)("docker-compose config (Debian's package docker-compose)", () => {
  it('accepts the file', () => {
    expect(config()).toMatchObject({ status: 0, stderr: '' });
  });

  it('starts the worker on GPUs only in the profile gpu', () => {
    const services = config().stdout.split(/^ {2}(?=\S)/m);
    const onGpus = services.filter((service) => /capabilities:\s+- gpu\s+count: all\s+driver: nvidia/.test(service));
    expect(onGpus).toHaveLength(1);
    expect(onGpus[0]).toMatch(/^worker-gpu:[^]*profiles:\s+- gpu/);
  });
});

describe('Dockerfile', () => {
  it('runs as a user without rights, in every image that is started', () => {
    const stages = dockerfile.split(/^FROM /m).filter((stage) => stage.includes('ENTRYPOINT'));
    expect(stages).toHaveLength(2);
    for (const stage of stages) expect(stage).toMatch(/^USER node$/m);
  });
});
