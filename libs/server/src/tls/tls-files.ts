import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions, type Server } from 'node:tls';
import { Logger } from '@nestjs/common';
import { InvalidConfigError } from '../config.js';

interface TlsPaths {
  readonly STRIDE_TLS_CERT?: string | undefined;
  readonly STRIDE_TLS_KEY?: string | undefined;
}

interface Pair {
  readonly cert: string;
  readonly key: string;
}

const LOOK_MS = 1_000;

/**
 * The certificate and key that servers show, as their files have them. The files are read once a second
 * rather than watched: Kubernetes swaps a link above them, certbot replaces links, mounted disks report
 * nothing. What two reads in a row agree on is tried; a pair that does not go together, or whose time
 * is not now, is refused, and the one before stays. Connections that are open keep theirs.
 */
export class TlsFiles {
  readonly #logger = new Logger(TlsFiles.name);
  readonly #servers = new Set<Server>();
  #shown: Pair;
  #seen: Pair;
  #isUnreadable = false;
  #refusal: string | undefined;

  private constructor(
    private readonly certPath: string,
    private readonly keyPath: string,
    pair: Pair,
  ) {
    this.#shown = this.#seen = pair;
    setInterval(() => {
      this.#look().catch((error: unknown) => this.#logger.error(reason(error)));
    }, LOOK_MS).unref();
  }

  /**
   * Undefined where no file is named.
   * @throws InvalidConfigError when only one is named, or the two cannot be used together
   */
  static open({ STRIDE_TLS_CERT: certPath, STRIDE_TLS_KEY: keyPath }: TlsPaths): TlsFiles | undefined {
    if (certPath === undefined && keyPath === undefined) return undefined;
    if (certPath === undefined || keyPath === undefined)
      throw new InvalidConfigError(
        'invalid_config',
        'STRIDE_TLS_CERT and STRIDE_TLS_KEY: one is set without the other',
      );
    try {
      const pair = { cert: readFileSync(certPath, 'utf8'), key: readFileSync(keyPath, 'utf8') };
      requireUsable(pair);
      return new TlsFiles(certPath, keyPath, pair);
    } catch (error) {
      throw new InvalidConfigError('invalid_config', `STRIDE_TLS_CERT and STRIDE_TLS_KEY: ${reason(error)}`);
    }
  }

  /** What a server begins with. */
  get context(): SecureContextOptions {
    return { ...this.#shown, minVersion: 'TLSv1.2' };
  }

  /** From now on the server shows what the files have. */
  follow(server: Server): void {
    this.#servers.add(server);
    server.once('close', () => this.#servers.delete(server));
  }

  async #look(): Promise<void> {
    const pair = await this.#read();
    if (pair === undefined) return;
    const isSettled = areSame(pair, this.#seen);
    this.#seen = pair;
    if (!isSettled) this.#refusal = undefined;
    else if (!areSame(pair, this.#shown)) this.#show(pair);
  }

  async #read(): Promise<Pair | undefined> {
    try {
      const [cert, key] = await Promise.all([readFile(this.certPath, 'utf8'), readFile(this.keyPath, 'utf8')]);
      this.#isUnreadable = false;
      return { cert, key };
    } catch (error) {
      if (!this.#isUnreadable) this.#logger.warn(`the certificate stays as it was: ${reason(error)}`);
      this.#isUnreadable = true;
      return undefined;
    }
  }

  /** One that came before its time is tried again until that has come; why it is refused is said once. */
  #show(pair: Pair): void {
    try {
      requireUsable(pair);
    } catch (error) {
      const refusal = `the new certificate and key are refused, the former ones stay: ${reason(error)}`;
      if (refusal !== this.#refusal) this.#logger.error(refusal);
      this.#refusal = refusal;
      return;
    }
    this.#shown = pair;
    for (const server of this.#servers) server.setSecureContext(this.context);
    this.#logger.log('a new certificate is shown');
  }
}

/** @throws Error when the two do not go together, or the certificate has expired or is not valid yet */
function requireUsable(pair: Pair): void {
  createSecureContext(pair);
  const { validFrom, validTo } = new X509Certificate(pair.cert);
  if (Date.now() < Date.parse(validFrom)) throw new RangeError(`the certificate is not valid before ${validFrom}`);
  if (Date.now() > Date.parse(validTo)) throw new RangeError(`the certificate has expired on ${validTo}`);
}

function areSame(left: Pair, right: Pair): boolean {
  return left.cert === right.cert && left.key === right.key;
}

/** OpenSSL's and the file system's messages name paths and reasons, never contents. */
function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
