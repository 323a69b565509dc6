import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import { request, type RequestOptions } from 'node:https';
import { join } from 'node:path';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { findProgram } from '#system';

export const openssl = findProgram('openssl');

/** Files of a certificate for 127.0.0.1 that signs itself, as a pair of one directory. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

export function filesIn(directory: string): CertificateFiles {
  return { cert: join(directory, 'tls.crt'), key: join(directory, 'tls.key') };
}

/** Makes a new pair and puts it into the place of the former one, file by file, as certbot does. */
export function makeCertificate({ cert, key }: CertificateFiles, commonName: string): void {
  const subject = ['-subj', `/CN=${commonName}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  const algorithm = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-noenc', '-days', '2'];
  const files = ['-keyout', `${key}.new`, '-out', `${cert}.new`];
  execFileSync(openssl ?? '', ['req', '-x509', ...algorithm, ...subject, ...files], { stdio: 'pipe' });
  renameSync(`${key}.new`, key);
  renameSync(`${cert}.new`, cert);
}

interface TlsOptions extends RequestOptions {
  readonly body?: string;
}

export interface TlsAnswer {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
  /** Of the certificate that the server showed. */
  readonly commonName: PeerCertificate['subject']['CN'];
}

/** A request over a connection of its own that checks the certificate against `ca`. */
export function tlsFetch(url: string, ca: string, options: TlsOptions = {}): Promise<TlsAnswer> {
  const { body: sentBody, ...rest } = options;
  return new Promise((resolve, reject) => {
    const sent = request(url, { ca, agent: false, ...rest }, (response) => {
      const socket = response.socket as TLSSocket;
      const { CN: commonName } = socket.getPeerCertificate().subject;
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body, commonName }));
    });
    sent.on('error', reject).end(sentBody);
  });
}
