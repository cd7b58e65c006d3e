/**
 * Certificates of one run: the cluster's authority, the API server's own certificate, client certificates of those who
 * log in with one, and the key pair of service accounts. Paths follow `pkiPaths`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/** Who logs in with a certificate: the subject is the user (CN) and the group (O). */
const CLIENTS = {
  admin: '/O=system:masters/CN=lane-admin',
  'kube-controller-manager': '/CN=system:kube-controller-manager',
  'kube-scheduler': '/CN=system:kube-scheduler',
} as const;

export type ClientName = keyof typeof CLIENTS;

const SERVER_NAMES = [
  ...['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'].map((name) => `DNS:${name}`),
  ...['127.0.0.1', '10.0.0.1'].map((address) => `IP:${address}`),
].join(',');
const DAYS = '30';

export const pkiPaths = (folder: string) => ({
  caCert: join(folder, 'ca.crt'),
  certOf: (name: ClientName | 'api-server') => join(folder, `${name}.crt`),
  keyOf: (name: ClientName | 'api-server') => join(folder, `${name}.key`),
  serviceAccountKey: join(folder, 'service-account.key'),
  serviceAccountPublicKey: join(folder, 'service-account.pub'),
});

export async function makePki(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const openssl = (...args: readonly string[]) => runCommand('openssl', args, { cwd: folder });
  const newKey = (file: string) =>
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', file);
  await newKey('ca.key');
  await openssl(
    ...[
      'req',
      '-x509',
      '-new',
      '-key',
      'ca.key',
      '-subj',
      '/CN=dovetail-e2e',
      '-days',
      DAYS,
      '-out',
      'ca.crt',
    ],
    ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  );
  const issue = async (name: string, subject: string, extensions: string, serial: number) => {
    await newKey(`${name}.key`);
    await openssl('req', '-new', '-key', `${name}.key`, '-subj', subject, '-out', `${name}.csr`);
    await writeFile(join(folder, `${name}.ext`), extensions);
    await openssl(
      ...['x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.crt', '-CAkey', 'ca.key', '-days', DAYS],
      ...['-set_serial', String(serial), '-out', `${name}.crt`, '-extfile', `${name}.ext`],
    );
  };
  const serverExtensions = `subjectAltName=${SERVER_NAMES}\nextendedKeyUsage=serverAuth\n`;
  await Promise.all([
    issue('api-server', '/CN=kube-apiserver', serverExtensions, 1),
    ...Object.entries(CLIENTS).map(([name, subject], index) =>
      issue(name, subject, 'extendedKeyUsage=clientAuth\n', index + 2),
    ),
  ]);
  await openssl('genrsa', '-out', 'service-account.key', '2048');
  await openssl('rsa', '-in', 'service-account.key', '-pubout', '-out', 'service-account.pub');
}
