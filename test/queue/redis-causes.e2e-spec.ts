import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectOnce, redisAddress } from '#server';
import { freePort } from '#system';
import { makeCertificates, type Certificates } from '../certificates.js';
import { redisAvailable } from '../redis.js';
import { RedisProcesses } from '../redis-processes.js';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const LIMIT_MS = 1_000;

describe.skipIf(!redisAvailable || !hasOpenssl)('A Redis that cannot be used', () => {
  const servers = new RedisProcesses();
  let certificates: Certificates;
  let ports: { plain: number; tls: number; expired: number; sentinel: number; replica: number; nobody: number };

  beforeAll(async () => {
    certificates = makeCertificates(servers.directory);
    const secure = async ({ cert, key }: Certificates['server']) => {
      const tls = await freePort();
      const files = [`tls-cert-file ${cert}`, `tls-key-file ${key}`, `tls-ca-cert-file ${certificates.authority.cert}`];
      const { port } = await servers.startServer([`tls-port ${tls}`, ...files, 'user stride on >secret ~* +ping']);
      return { port, tls };
    };
    const [server, expired] = [await secure(certificates.server), await secure(certificates.expired)];
    const replica = await servers.startServer([`replicaof 127.0.0.1 ${server.port}`]);
    const sentinel = await servers.startSentinel(server.port, 1);
    ports = {
      plain: server.port,
      tls: server.tls,
      expired: expired.tls,
      sentinel: sentinel.port,
      replica: replica.port,
      nobody: await freePort(),
    };
  });
  afterAll(() => servers.stop());

  type Ports = typeof ports;
  const authority = () => ({ STRIDE_REDIS_CA: certificates.authority.cert });
  const clientOf = ({ cert, key }: Certificates['client']) => ({ STRIDE_REDIS_CERT: cert, STRIDE_REDIS_KEY: key });
  const trusted = () => ({ ...authority(), ...clientOf(certificates.client) });
  const none = () => ({});
  const foreign = () => ({ ...authority(), ...clientOf(certificates.stranger) });
  const connect = (url: string, files: object) => connectOnce(redisAddress({ REDIS_URL: url, ...files }), LIMIT_MS);

  it.each([
    ['a host that is not there', () => 'redis://no-such-host.invalid', none, /host name no-such-host\.invalid is not/],
    ['nobody', ({ nobody }: Ports) => `redis://127.0.0.1:${nobody}`, none, /nothing listens at 127\.0\.0\.1/],
    ['a wrong password', ({ plain }: Ports) => `redis://stride:wrong@127.0.0.1:${plain}`, none, /user or password/],
    ['no such database', ({ plain }: Ports) => `redis://127.0.0.1:${plain}/99`, none, /DB index is out of range/],
    ['TLS at a plain port', ({ plain }: Ports) => `rediss://127.0.0.1:${plain}`, authority, /may speak no TLS/],
    ['no TLS at its port', ({ tls }: Ports) => `redis://127.0.0.1:${tls}`, none, /may want TLS/],
    ['no authority', ({ tls }: Ports) => `rediss://127.0.0.1:${tls}`, none, /the authority of its certificate/],
    ['no client certificate', ({ tls }: Ports) => `rediss://127.0.0.1:${tls}`, authority, /asks for a client cert/],
    ['a strange one', ({ tls }: Ports) => `rediss://127.0.0.1:${tls}`, foreign, /refuses the client certificate/],
    ['another name', ({ tls }: Ports) => `rediss://localhost:${tls}`, trusted, /certificate is for another host/],
    ['an old certificate', ({ expired }: Ports) => `rediss://127.0.0.1:${expired}`, trusted, /has expired/],
    [
      'another master',
      ({ sentinel }: Ports) => `redis+sentinel://127.0.0.1:${sentinel}/x`,
      none,
      /knows no master "x"/,
    ],
    ['no cluster', ({ plain }: Ports) => `redis+cluster://127.0.0.1:${plain}`, none, /cluster support disabled/],
  ])('because of %s says so, without the password', async (_, url, files, words) => {
    const message = await connect(url(ports), files()).then(String, (error: Error) => error.message);
    expect(message).toMatch(words);
    expect(message).not.toMatch(/stride:|wrong@|secret/);
  });

  it('can be used with the authority and a client certificate, and through its sentinel', async () => {
    for (const [url, files] of [
      [`rediss://127.0.0.1:${ports.tls}`, trusted()],
      [`redis+sentinel://127.0.0.1:${ports.nobody},127.0.0.1:${ports.sentinel}/stride`, {}],
    ] as const) {
      const redis = await connect(url, files);
      expect(await redis.set('a', '1')).toBe('OK');
      redis.disconnect();
    }
  });
});
