// A kubeconfig file, to what our own client needs: where the API server is, whom it trusts, and how to log in.
import { X509Certificate } from 'node:crypto';
import type { RequestOptions } from 'node:https';
import { isIP } from 'node:net';
import type { Cluster, KubeConfig, User } from '@kubernetes/client-node';
import type { KubeHttpOptions } from '../../lib/adapters/kube/kube-http.ts';
import { compareText } from '../../lib/model/stable-json.ts';
import { didYouMean } from '../../lib/model/suggest.ts';
import { problemOf } from '../input-files.ts';
import { UserError } from '../user-error.ts';

export interface LiveSource {
  /** Path of the kubeconfig. */
  readonly kubeconfig: string;
  /** Absent takes the file's current one. */
  readonly context?: string;
}

export interface ClusterAccess {
  /** How messages call the cluster: `context "prod"`. */
  readonly title: string;
  readonly http: Pick<KubeHttpOptions, 'serverUrl' | 'tls' | 'token'>;
}

type Library = typeof import('@kubernetes/client-node');

const ANONYMOUS: User = { name: 'anonymous' };

/** Runs the user's exec plugin where there is one. Throws a `UserError` that names the file and what to change. */
export async function clusterAccess({ kubeconfig: file, context }: LiveSource): Promise<ClusterAccess> {
  // A second of loading that only this option pays.
  const library = await import('@kubernetes/client-node');
  const config = loaded(library, file);
  const { name, cluster, user } = chosen(config, file, context);
  const refuse = (problem: string): UserError => new UserError([`${file}: ${problem}`]);
  checkCluster(cluster, refuse);
  checkUser(user, refuse);
  const { ca, cert, key, servername, headers } = await credentials(library, cluster, user, file);
  if (ca !== undefined) checkAuthority(pem(ca), cluster, refuse);
  const bearer = headers?.['Authorization'];
  const token = bearer?.replace(/^Bearer /, '').trim();
  return {
    title: `context ${JSON.stringify(name)}`,
    http: {
      serverUrl: cluster.server,
      tls: {
        ...(ca === undefined ? {} : { ca: pem(ca) }),
        ...(cert === undefined ? {} : { cert: pem(cert) }),
        ...(key === undefined ? {} : { key: pem(key) }),
        ...(servername === undefined ? {} : { servername }),
      },
      ...(token === undefined ? {} : { token: async () => token }),
    },
  };
}

function loaded({ KubeConfig }: Library, file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    config.loadFromFile(file);
  } catch (error) {
    throw new UserError([loadProblem(file, error)]);
  }
  return config;
}

/** The parser's own message shows lines of the file, which may hold a token; its reason and line do not. */
function loadProblem(file: string, error: unknown): string {
  const { code, reason, mark, message } = error as NodeJS.ErrnoException & {
    readonly reason?: string;
    readonly mark?: { readonly line: number };
  };
  if (code !== undefined) return problemOf(file, error);
  if (mark !== undefined) return `${file}:${mark.line + 1}: is not a kubeconfig: ${reason}`;
  return `${file}: is not a kubeconfig${error instanceof TypeError ? '' : `: ${message}`}`;
}

function chosen(config: KubeConfig, file: string, wanted: string | undefined) {
  const name = wanted ?? config.getCurrentContext();
  const known = config.getContexts().map((one) => one.name);
  const choices =
    known.length === 0 ? 'it has no contexts' : `it has ${[...known].sort(compareText).join(', ')}`;
  if (!name) throw new UserError([`${file}: has no current context: choose one with --context; ${choices}`]);
  const context = config.getContextObject(name);
  if (context === null) {
    const hint = didYouMean(name, known) || `; ${choices}`;
    throw new UserError([`${file}: unknown context ${JSON.stringify(name)}${hint}`]);
  }
  const missing = (kind: string, absent: string): UserError =>
    new UserError([
      `${file}: context ${JSON.stringify(name)} names ${kind} ${JSON.stringify(absent)}, which the file does not have`,
    ]);
  const cluster = config.getCluster(context.cluster);
  if (cluster === null) throw missing('cluster', context.cluster);
  // A context without a user is anonymous; the library's types do not say that it may lack one.
  const userName = context.user as string | undefined;
  const user = userName === undefined ? ANONYMOUS : config.getUser(userName);
  if (user === null) throw missing('user', context.user);
  return { name, cluster, user };
}

/** What our client does not do is refused rather than ignored: a connection would not be the one that is described. */
function checkCluster(cluster: Cluster, refuse: (problem: string) => UserError): void {
  const { server, proxyUrl, skipTLSVerify } = cluster;
  const title = `cluster ${JSON.stringify(cluster.name)}`;
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url === undefined || !['https:', 'http:'].includes(url.protocol)) {
    throw refuse(`${title} has server ${JSON.stringify(server)}: want a URL that begins with https://`);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw refuse(
      `${title} has server ${JSON.stringify(server)}: want https:// (http:// only on this machine)`,
    );
  }
  if (proxyUrl) throw refuse(`${title} has a proxy-url, which is not supported: connect without it`);
  if (skipTLSVerify && url.protocol === 'https:') {
    throw refuse(
      `${title} has insecure-skip-tls-verify, which is not supported: give certificate-authority-data, and tls-server-name where a tunnel is between`,
    );
  }
}

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));

function checkUser(user: User, refuse: (problem: string) => UserError): void {
  const title = `user ${JSON.stringify(user.name)}`;
  if (user.username)
    throw refuse(`${title} has a password, which no API server accepts: use a token or exec`);
  if (user.impersonateUser) throw refuse(`${title} has "as" (impersonation), which is not supported`);
}

interface Applied extends Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername'> {
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the library would send and trust. It takes plain HTTP only where certificates need not be checked. */
async function credentials(
  { KubeConfig }: Library,
  cluster: Cluster,
  user: User,
  file: string,
): Promise<Applied> {
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ ...cluster, skipTLSVerify: cluster.server.startsWith('http:') }, user);
  const options: RequestOptions = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw new UserError([credentialsProblem(file, user, error)]);
  }
  return options as Applied;
}

/** A plugin's output may hold a token, so what cannot be read of it is not shown; what it says on stderr is. */
function credentialsProblem(file: string, user: User, error: unknown): string {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  const command: unknown = user.exec?.command;
  if (command === undefined || syscall === 'open')
    return code === undefined ? `${file}: ${message}` : problemOf(file, error);
  const title = `${file}: user ${JSON.stringify(user.name)}: ${JSON.stringify(command)}`;
  if (code === 'ENOENT') return `${title} is not found: install it, or correct exec.command`;
  if (error instanceof SyntaxError || error instanceof TypeError) {
    return `${title} does not print an ExecCredential: run it by hand to see what it does`;
  }
  return `${title} gives no credentials: ${code ?? (message.trim() || 'it says nothing')}`;
}

function checkAuthority(ca: string, cluster: Cluster, refuse: (problem: string) => UserError): void {
  try {
    new X509Certificate(ca);
  } catch {
    // Node would go on with an authority less, and call the server untrusted.
    const source = cluster.caFile ?? 'certificate-authority-data';
    throw refuse(`cluster ${JSON.stringify(cluster.name)}: ${source} is not a PEM certificate`);
  }
}

/** The library gives what it read as a buffer, and what a plugin gave as text. */
const pem = (value: unknown): string => String(value);
