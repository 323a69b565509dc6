import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '#system';

/** False where nothing here can make certificates: `describe.skipIf(!opensslAvailable)`. */
export const opensslAvailable = findProgram('openssl') !== undefined;

if (!opensslAvailable) process.stderr.write('Tests that need a certificate are skipped: there is no openssl\n');

export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** An authority, what it has issued for servers and for clients, and a stranger; by openssl. */
export interface Certificates {
  readonly authority: Certificate;
  readonly server: Certificate;
  readonly client: Certificate;
  readonly stranger: Certificate;
  readonly expired: Certificate;
}

/**
 * Writes them into the directory, as PEM files.
 * @param names what the servers are called, as openssl writes it
 */
export function makeCertificates(directory: string, names = 'IP:127.0.0.1'): Certificates {
  const authority = selfSigned(directory, 'authority');
  const issue = (name: string, days = 1) => issued(directory, name, { authority, days, names });
  return {
    authority,
    server: issue('server'),
    client: issue('client'),
    stranger: selfSigned(directory, 'stranger'),
    expired: issue('expired', -1),
  };
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function selfSigned(directory: string, name: string): Certificate {
  const files = filesOf(directory, name);
  openssl('req', '-x509', ...NEW_KEY, '-keyout', files.key, '-out', files.cert, '-subj', `/CN=${name}`, '-days', '1');
  return files;
}

function issued(
  directory: string,
  name: string,
  issuer: { authority: Certificate; days: number; names: string },
): Certificate {
  const files = filesOf(directory, name);
  const [request, extensions] = [join(directory, `${name}.csr`), join(directory, `${name}.ext`)];
  writeFileSync(extensions, `subjectAltName=${issuer.names}`);
  openssl('req', ...NEW_KEY, '-keyout', files.key, '-out', request, '-subj', `/CN=${name}`);
  const { authority, days } = issuer;
  const by = ['-CA', authority.cert, '-CAkey', authority.key, '-CAcreateserial'];
  const how = ['-days', String(days), '-extfile', extensions];
  openssl('x509', '-req', '-in', request, ...by, '-out', files.cert, ...how);
  return files;
}

function filesOf(directory: string, name: string): Certificate {
  return { cert: join(directory, `${name}.crt`), key: join(directory, `${name}.key`) };
}

function openssl(...args: string[]): void {
  const { status, stderr, error } = spawnSync('openssl', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${args[0]} failed: ${error?.message ?? stderr}`);
}
