import { randomUUID } from 'node:crypto';
import type { S3 } from '@aws-sdk/client-s3';
import { answerOf, s3Fault, withoutConditions } from './s3-fault.js';
import type { S3Location } from './s3-location.js';

const CONNECT_MS = 5_000;
/** Until the answer begins; and between two pieces of it. */
const ANSWER_MS = 30_000;
const MAX_ATTEMPTS = 5;
const MAX_SOCKETS = 64;
/** Comes after every character of a key. */
const BEHIND_ALL = '~';
/** An entity tag that no object has. */
const NO_ETAG = '"00000000000000000000000000000000"';

/** An object by its name below a folder. */
interface ListedObject {
  readonly name: string;
  readonly bytes: number;
  readonly time: Date | undefined;
  readonly etag: string;
}

/** Part of what lies below a folder; names of folders right below it end in `/`. */
export interface ObjectPage {
  readonly objects: readonly ListedObject[];
  readonly folders: readonly string[];
  /** What the next page comes after. */
  readonly next: string | undefined;
}

/** A bucket, through a client that is loaded when it is first needed. */
export class S3Connection {
  #client: Promise<S3> | undefined;
  #fitness: Promise<void> | undefined;

  constructor(
    readonly location: S3Location,
    private readonly forcePathStyle: boolean | undefined,
  ) {}

  /** The full name of an object. */
  at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.location.bucket, Key: `${this.location.prefix}${key}` };
  }

  /** Calls the server, which is tried again by itself. @throws StorageError */
  async run<Answer>(action: string, call: (s3: S3) => Promise<Answer>): Promise<Answer> {
    try {
      return await call(await this.client());
    } catch (error) {
      throw s3Fault(action, error);
    }
  }

  /**
   * A page of what lies below a folder, or with `isFlat` right below it. It goes on after a name, which every
   * server understands, and not after its own token.
   */
  async list(
    action: string,
    folder: string,
    { after, isFlat = false }: { readonly after?: string; readonly isFlat?: boolean },
  ): Promise<ObjectPage> {
    const { Bucket, Key: Prefix } = this.at(folder);
    const StartAfter = after === undefined ? undefined : `${Prefix}${after}${after.endsWith('/') ? BEHIND_ALL : ''}`;
    const Delimiter = isFlat ? '/' : undefined;
    const page = await this.run(action, (s3) => s3.listObjectsV2({ Bucket, Prefix, StartAfter, Delimiter }));
    const objects = (page.Contents ?? []).map(({ Key = '', Size = 0, LastModified, ETag = '' }) => ({
      name: Key.slice(Prefix.length),
      bytes: Size,
      time: LastModified,
      etag: ETag,
    }));
    const folders = (page.CommonPrefixes ?? []).map((each) => (each.Prefix ?? '').slice(Prefix.length));
    const last = [objects.at(-1)?.name ?? '', folders.at(-1) ?? ''].sort().at(-1);
    return { objects, folders, next: page.IsTruncated ? last : undefined };
  }

  /** The client, for those who read its errors. */
  client(): Promise<S3> {
    this.#client ??= this.#load().catch((error: unknown) => {
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }

  /**
   * Returns when the server is known to keep conditions: one that ignores them would let two writers win.
   * @throws UnfitStoreError when it does not; StorageError when it cannot be asked
   */
  requireConditions(): Promise<void> {
    this.#fitness ??= this.#probe().catch((error: unknown) => {
      this.#fitness = undefined;
      throw error;
    });
    return this.#fitness;
  }

  /** Writes something and takes it away. @throws StorageError */
  async writeSomething(): Promise<void> {
    const probe = this.at(`tmp/${randomUUID()}`);
    await this.run('write to the bucket', async (s3) => {
      await s3.putObject({ ...probe, Body: Buffer.of(0) });
      await s3.deleteObject(probe);
    });
  }

  async #probe(): Promise<void> {
    const probe = { ...this.at(`tmp/${randomUUID()}`), Body: Buffer.of(0) };
    await this.run('write to the bucket', async (s3) => {
      await s3.putObject(probe);
      try {
        for (const condition of [{ IfNoneMatch: '*' }, { IfMatch: NO_ETAG }])
          if (!(await isRefused(() => s3.putObject({ ...probe, ...condition }))))
            throw withoutConditions(`ignores ${Object.keys(condition).join()}`);
      } finally {
        await s3.deleteObject(this.at(probe.Key.slice(this.location.prefix.length)));
      }
    });
  }

  async #load(): Promise<S3> {
    const { S3: Client } = await import('@aws-sdk/client-s3');
    return new Client({
      forcePathStyle: this.forcePathStyle ?? hasOwnEndpoint(process.env),
      maxAttempts: MAX_ATTEMPTS,
      // Artifacts have their own, and not every server knows these.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        connectionTimeout: CONNECT_MS,
        requestTimeout: ANSWER_MS,
        throwOnRequestTimeout: true,
        socketTimeout: ANSWER_MS,
        httpAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
        httpsAgent: { keepAlive: true, maxSockets: MAX_SOCKETS },
      },
    });
  }
}

/** Servers of one's own seldom have a name per bucket. */
function hasOwnEndpoint({ AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL }: NodeJS.ProcessEnv): boolean {
  return (AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL) !== undefined;
}

/** Whether a write whose condition does not hold is refused for that. */
async function isRefused(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return false;
  } catch (error) {
    const { name, status } = answerOf(error);
    if (status === 412) return true;
    if (status === 501 || name === 'NotImplemented') throw withoutConditions('answers NotImplemented');
    throw error;
  }
}
