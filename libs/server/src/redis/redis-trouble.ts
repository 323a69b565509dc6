import type { RedisTls } from './redis-address.js';

/** What OpenSSL and Node find wrong with a certificate, by the code of the error. */
const CERTIFICATE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed: name it, or its authority, in STRIDE_REDIS_CA',
  SELF_SIGNED_CERT_IN_CHAIN: 'nobody here trusts the authority of its certificate: name that in STRIDE_REDIS_CA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'nobody here knows the authority of its certificate: name that in STRIDE_REDIS_CA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'nobody here knows the authority of its certificate: name that in STRIDE_REDIS_CA',
  CERT_SIGNATURE_FAILURE: 'the authority in STRIDE_REDIS_CA did not sign its certificate',
};
const CERTIFICATE_ASKED = 'it asks for a client certificate: give STRIDE_REDIS_CERT and STRIDE_REDIS_KEY';
const CERTIFICATE_REFUSED = 'it refuses the client certificate of STRIDE_REDIS_CERT';

/** What TLS alerts of the other end mean, by the code of the error. */
const ALERTS: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/, CERTIFICATE_ASKED],
  [/ALERT_UNKNOWN_CA|ALERT_BAD_CERTIFICATE|ALERT_CERTIFICATE|DECRYPT_ERROR/, CERTIFICATE_REFUSED],
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|RECORD_LAYER/,
    'it speaks no TLS at this port: use redis:// or its TLS port',
  ],
];

const NO_TLS = 'it may speak no TLS at this port (redis://)';

/** How Redis begins a refusal of a connection. */
const REFUSALS: Readonly<Record<string, string>> = {
  WRONGPASS: 'it refuses this user or password',
  NOAUTH: 'it asks for a password',
  NOPERM: 'its rules let this user not do what is needed',
  DENIED: 'it is in protected mode and takes connections from its own machine alone until it has a password',
  LOADING: 'it is loading its data',
  READONLY: 'it is a replica and takes no writes',
  MASTERDOWN: 'it is a replica whose master is away',
  CLUSTERDOWN: 'its cluster is down',
};

/** What is known about the connection whose error it is. */
interface Circumstances {
  readonly tls: RedisTls | undefined;
  readonly phase: ConnectionPhase;
}

/** `greeting`: the network, and TLS if there is any, are up, and Redis has not said that it is ready. */
export type ConnectionPhase = 'connecting' | 'greeting' | 'ready';

/** The other end closed a connection without a word. */
export class ClosedUnheardError extends Error {
  override readonly name = 'ClosedUnheardError';
  readonly code = 'ECONNRESET';
}

/** Why Redis cannot be used, in words that say what to do; never a password. */
export function redisTrouble(error: Error, { tls, phase }: Circumstances): string {
  const cause = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  const code = factOf(cause, 'code');
  const refusal = /^([A-Z]{4,}) /.exec(cause.message)?.[1] ?? '';
  const refused = REFUSALS[refusal];
  if (refused !== undefined) return `${refused} (${cause.message})`;
  const unencrypted = CERTIFICATE[code] ?? ALERTS.find(([pattern]) => pattern.test(code))?.[1];
  if (unencrypted !== undefined) return `${unencrypted} (${code})`;
  switch (code) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `its certificate is for another host (${code}): ${cause.message}`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `the host name ${factOf(cause, 'hostname')} is not found (${code})`;
    case 'ECONNREFUSED':
      return `nothing listens at ${factOf(cause, 'address')}:${factOf(cause, 'port')} (${code})`;
    case 'ETIMEDOUT':
      return `no answer in time (${code})${tls === undefined ? '' : `; ${NO_TLS}`}`;
    case 'ECONNRESET':
    case 'EPIPE':
      return phase === 'ready'
        ? `the connection is lost (${code})`
        : `it closes the connection (${code}): ${suspicion(tls, phase)}`;
    default:
      return cause.message || cause.name;
  }
}

function suspicion(tls: RedisTls | undefined, phase: ConnectionPhase): string {
  if (tls === undefined) return 'it may want TLS (rediss://)';
  if (phase === 'connecting') return NO_TLS;
  return tls.cert === undefined ? CERTIFICATE_ASKED : CERTIFICATE_REFUSED;
}

function factOf(error: Error, name: string): string {
  return String(Reflect.get(error, name) ?? '');
}
