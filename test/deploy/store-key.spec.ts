import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Secret } from 'kubernetes-models/v1/Secret';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeCertificates, opensslAvailable } from '../certificates.js';
import { root as repository, TestProcess } from '../processes.js';

const ACCOUNT = 'var/run/secrets/kubernetes.io/serviceaccount';
const KEY = 'stride_1a2b3c4d_secret';

/** What Kubernetes answers when a thing has a name that is taken. */
const CONFLICT = { apiVersion: 'v1', kind: 'Status', status: 'Failure', reason: 'AlreadyExists', code: 409 };
const FORBIDDEN = { apiVersion: 'v1', kind: 'Status', status: 'Failure', reason: 'Unauthorized', code: 401 };

describe.skipIf(!opensslAvailable)('store-key.mjs of deploy/kubernetes, as it stands', () => {
  const pod = mkdtempSync(join(tmpdir(), 'stride-pod-'));
  const secrets = new Map<string, { stringData?: Record<string, string> }>();
  let api: Server;

  beforeAll(async () => {
    const { authority, server } = makeCertificates(pod, 'DNS:kubernetes.default.svc');
    mkdirSync(join(pod, 'keys'));
    mkdirSync(join(pod, ACCOUNT), { recursive: true });
    writeFileSync(join(pod, ACCOUNT, 'ca.crt'), readFileSync(authority.cert));
    writeFileSync(join(pod, ACCOUNT, 'namespace'), 'stride');
    const files = { cert: readFileSync(server.cert), key: readFileSync(server.key) };
    api = createServer(files, (request, response) => {
      void text(request).then((body) => {
        const answer = (status: number, content: object) =>
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
        if (request.headers.authorization !== 'Bearer token-of-the-account') return answer(401, FORBIDDEN);
        const path = `${request.method} ${request.url} ${request.headers['content-type']}`;
        if (path !== 'POST /api/v1/namespaces/stride/secrets application/json') return answer(404, { path });
        const secret = new Secret(JSON.parse(body) as ConstructorParameters<typeof Secret>[0]);
        secret.validate();
        const name = secret.metadata?.name ?? '';
        if (secrets.has(name)) return answer(409, CONFLICT);
        secrets.set(name, secret);
        return answer(201, secret);
      });
    });
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    secrets.clear();
    writeFileSync(join(pod, ACCOUNT, 'token'), 'token-of-the-account\n');
    writeFileSync(join(pod, 'keys/first'), `${KEY}\n`);
  });
  afterAll(() => {
    api.close();
    rmSync(pod, { recursive: true });
  });

  const run = async () => {
    const script = new TestProcess({
      name: 'store-key',
      command: process.execPath,
      args: [
        '--import',
        join(repository, 'test/deploy/store-key-preload.mjs'),
        join(repository, 'deploy/kubernetes/base/store-key.mjs'),
      ],
      env: {
        POD_ROOT: pod,
        API_PORT: String((api.address() as AddressInfo).port),
        NODE_EXTRA_CA_CERTS: join(pod, ACCOUNT, 'ca.crt'),
      },
    });
    const { code } = await script.exited;
    expect(script.lines.join('\n')).not.toContain(KEY);
    return { code, said: script.lines.join('\n') };
  };

  it('puts the key into a Secret of its namespace, without the line break of its file', async () => {
    expect((await run()).code).toBe(0);
    expect([...secrets]).toMatchObject([['stride-first-key', { stringData: { key: KEY } }]]);
  });

  it('fails when there is such a Secret, or the account may not make one, and prints no key', async () => {
    await run();
    expect(await run()).toMatchObject({ code: 1, said: expect.stringContaining('409') as string });
    writeFileSync(join(pod, ACCOUNT, 'token'), 'of another');
    expect(await run()).toMatchObject({ code: 1, said: expect.stringContaining('401') as string });
  });

  it('does nothing where the installation had a key before', async () => {
    rmSync(join(pod, 'keys/first'));
    expect((await run()).code).toBe(0);
    expect(secrets.size).toBe(0);
  });
});
