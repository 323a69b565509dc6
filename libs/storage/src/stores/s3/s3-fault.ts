import { StorageError, UnfitStoreError } from '../../storage-error.js';

/** What S3 servers call it, and what an operator can do. */
const REASONS: Readonly<Record<string, string>> = {
  NoSuchBucket: 'there is no such bucket',
  AccessDenied: 'the credentials do not permit it (AccessDenied)',
  Forbidden: 'the credentials do not permit it (Forbidden)',
  InvalidAccessKeyId: 'the server does not know the access key (InvalidAccessKeyId)',
  SignatureDoesNotMatch: 'the secret key is wrong (SignatureDoesNotMatch)',
  ExpiredToken: 'the credentials have expired (ExpiredToken)',
  CredentialsProviderError: 'there are no credentials: set AWS_ACCESS_KEY_ID, AWS_PROFILE, or a role of this machine',
  RequestTimeTooSkewed: "this machine's clock and the server's differ too much (RequestTimeTooSkewed)",
  PermanentRedirect: 'the bucket is in another region: set AWS_REGION (PermanentRedirect)',
  AuthorizationHeaderMalformed: 'the bucket is in another region: set AWS_REGION (AuthorizationHeaderMalformed)',
  SlowDown: 'the server asks for fewer requests (SlowDown)',
  TimeoutError: 'the server does not answer in time',
};
const FULL: ReadonlySet<string> = new Set(['QuotaExceeded', 'XMinioStorageFull', 'InsufficientCapacity']);
/** Codes of Node's, for servers that nobody reaches. */
const UNREACHABLE = /^(?:E[A-Z]+|UND_ERR_[A-Z_]+|(?:ERR|CERT|DEPTH|SELF|UNABLE)_[A-Z_]+)$/;

/** What an S3 server, or the way to it, did. */
interface S3Answer {
  /** The server's word, such as `SlowDown`, or Node's, such as `ECONNREFUSED`. */
  readonly name: string;
  readonly status: number | undefined;
  /** How often it was tried: after more than once a former answer may be lost. */
  readonly attempts: number;
}

/** What an error of the SDK says. */
export function answerOf(error: unknown): S3Answer {
  if (!(error instanceof Error)) return { name: 'unknown fault', status: undefined, attempts: 1 };
  const { httpStatusCode, attempts } = metadataOf(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { name: code ?? error.name, status: httpStatusCode, attempts: attempts ?? 1 };
}

/** Whether there is nothing under a key. */
export function isAbsent(error: unknown): boolean {
  const { name, status } = answerOf(error);
  return status === 404 && name !== 'NoSuchBucket';
}

/**
 * An error of the SDK in our words. Neither addresses nor keys stand in it, and none of the server's words
 * but its code: it may reach a client.
 */
export function s3Fault(action: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const { name, status } = answerOf(error);
  const cause = new Error(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  if (status === 507 || FULL.has(name)) return new StorageError('storage_full', `cannot ${action}: ${name}`, { cause });
  return new StorageError('artifact_store_error', `cannot ${action}: ${reasonOf(error, name, status)}`, { cause });
}

/** Such a server would let two writers take the same version of a model */
export function withoutConditions(what: string): UnfitStoreError {
  return new UnfitStoreError(
    `the S3 server of STRIDE_ARTIFACTS ${what}: it must support conditional writes (If-None-Match and If-Match of ` +
      `PutObject), as Amazon S3, MinIO, Ceph and Cloudflare R2 do`,
  );
}

function reasonOf(error: unknown, name: string, status: number | undefined): string {
  const known = Object.hasOwn(REASONS, name) ? REASONS[name] : undefined;
  if (known !== undefined) return known;
  if (error instanceof Error && error.message.startsWith('Region is missing')) return 'AWS_REGION is not set';
  if (status === undefined && UNREACHABLE.test(name)) return `the server is not reachable (${name})`;
  return status === undefined ? name : `the server answers ${status} (${name})`;
}

function metadataOf(error: Error): { httpStatusCode?: number; attempts?: number } {
  return '$metadata' in error && typeof error.$metadata === 'object' ? (error.$metadata ?? {}) : {};
}
