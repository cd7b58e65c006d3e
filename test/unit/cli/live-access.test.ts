import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadLiveInput } from '../../../cli/live/live-input.ts';
import { UserError } from '../../../cli/user-error.ts';
import { aDirectory, dovetail } from '../../support/cli.ts';
import { aWire, endsServers } from '../../support/kube-wire.ts';
import { aFront, aKubeconfig } from '../../support/kubeconfig.ts';
import { selfSigned } from '../../support/self-signed.ts';

endsServers();

const NOWHERE = 'https://127.0.0.1:1';

/** What a person reads; never the token of `aKubeconfig`. */
async function refusalOf(kubeconfig: string, context?: string): Promise<string> {
  const source = { kubeconfig, ...(context === undefined ? {} : { context }) };
  const error: unknown = await loadLiveInput([], source, 'us-east-1').catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw error;
  expect(error.message).not.toContain('secret-token');
  return error.message.replaceAll(kubeconfig, 'FILE');
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a kubeconfig that cannot be used', () => {
  it('is named with its reason where it cannot be read', async () => {
    const directory = aDirectory({
      empty: '',
      list: '- 1\n',
      broken: 'users:\n- name: me\n  user: {token: secret-token\n',
      nameless: '{"clusters": [{"cluster": {"server": "https://a"}}]}',
    });
    const of = (name: string) => refusalOf(join(directory, name));
    expect(await of('absent')).toBe('FILE: cannot be read: no such file or directory');
    expect(await refusalOf(directory)).toBe('FILE: cannot be read: is a directory');
    expect(await of('empty')).toMatch(/^FILE(:\d+)?: is not a kubeconfig/);
    expect(await of('list')).toBe(
      'FILE: has no current context: choose one with --context; it has no contexts',
    );
    expect(await of('broken')).toMatch(/^FILE:\d+: is not a kubeconfig: \S/);
    expect(await of('nameless')).toBe('FILE: is not a kubeconfig: clusters[0].name is missing');
  });

  it('is told which contexts there are', async () => {
    const file = aKubeconfig({ server: NOWHERE, currentContext: null });
    expect(await refusalOf(file)).toBe(
      'FILE: has no current context: choose one with --context; it has broken, main',
    );
    expect(await refusalOf(file, 'mian')).toBe('FILE: unknown context "mian"; did you mean "main"?');
    expect(await refusalOf(file, 'production')).toBe(
      'FILE: unknown context "production"; it has broken, main',
    );
    expect(await refusalOf(file, 'broken')).toBe(
      'FILE: context "broken" names cluster "absent", which the file does not have',
    );
  });

  it.each([
    ['a proxy', { cluster: { 'proxy-url': 'http://127.0.0.1:2' } }, /cluster "local" has a proxy-url/],
    ['an unchecked server', { cluster: { 'insecure-skip-tls-verify': true } }, /insecure-skip-tls-verify/],
    ['impersonation', { user: { as: 'root' } }, /user "me" has "as"/],
    ['a password', { user: { username: 'me', password: 'x' } }, /user "me" has a password/],
    ['plain HTTP elsewhere', { server: 'http://10.0.0.1' }, /http:\/\/ only on this machine/],
    ['no URL', { server: 'prod' }, /has server "prod": want a URL/],
    [
      'a CA that is none',
      { cluster: { 'certificate-authority-data': base64('no') } },
      /certificate-authority-data is not a PEM certificate/,
    ],
    [
      'a CA file that is absent',
      { cluster: { 'certificate-authority': 'ca.pem' } },
      /ca\.pem: cannot be read: no such file/,
    ],
  ])('is refused for %s', async (_, wish, message) => {
    expect(await refusalOf(aKubeconfig({ server: NOWHERE, ...wish }))).toMatch(message);
  });
});

describe('the login of a kubeconfig', () => {
  const plugin = (script: string) => ({
    token: undefined,
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      command: process.execPath,
      args: ['-e', script],
    },
  });

  it('takes the token of an exec plugin', async () => {
    const { server } = await aWire({ server: { acceptsToken: (token) => token === 'from-plugin' } });
    const user = plugin('console.log(JSON.stringify({ status: { token: "from-plugin" } }))');
    const { documents } = await loadLiveInput(
      [],
      { kubeconfig: aKubeconfig({ server: server.url, user }) },
      'us-east-1',
    );
    expect(documents.pods).toEqual([]);
  });

  it('says what is wrong with an exec plugin, without what it printed', async () => {
    const of = (user: object) => refusalOf(aKubeconfig({ server: NOWHERE, user }));
    expect(await of({ token: undefined, exec: { command: 'no-such-plugin' } })).toBe(
      'FILE: user "me": "no-such-plugin" is not found: install it, or correct exec.command',
    );
    expect(await of(plugin('console.error("session expired"); process.exit(1)'))).toMatch(
      /gives no credentials: session expired$/,
    );
    expect(await of(plugin('console.log("secret-token")'))).toMatch(/does not print an ExecCredential/);
    expect(await of(plugin('console.log("{}")'))).toMatch(/does not print an ExecCredential/);
  });

  it('trusts the CA of the file, under the name of the file, and shows the client certificate', async () => {
    const { server } = await aWire();
    const [tls, me] = [selfSigned('cluster.test'), selfSigned('me')];
    const front = await aFront({ target: server.url, tls });
    const kubeconfig = aKubeconfig({
      server: front.url,
      cluster: { 'certificate-authority-data': base64(tls.cert), 'tls-server-name': 'cluster.test' },
      user: {
        token: undefined,
        'client-certificate-data': base64(me.cert),
        'client-key-data': base64(me.key),
      },
    });
    await loadLiveInput([], { kubeconfig }, 'us-east-1');
    expect(new Set(front.clients)).toEqual(new Set(['me']));
  });
});

describe('a cluster that cannot be read', () => {
  it('is called untrusted when its certificate is of another authority or name', async () => {
    const tls = selfSigned('cluster.test');
    const front = await aFront({ target: NOWHERE, tls });
    const refusal = (cert: string, cluster: object = {}) =>
      refusalOf(
        aKubeconfig({
          server: front.url,
          cluster: { 'certificate-authority-data': base64(cert), ...cluster },
        }),
      );
    const untrusted =
      /^context "main": UntrustedCertificate: cannot list \S+ at 127\.0\.0\.1:\d+: its certificate/;
    expect(await refusal(selfSigned('other.test').cert)).toMatch(untrusted);
    expect(await refusal(tls.cert, { 'tls-server-name': 'wrong.test' })).toMatch(untrusted);
  });

  it('is called unreachable when nobody answers', async () => {
    expect(await refusalOf(aKubeconfig({ server: NOWHERE }))).toMatch(
      /^context "main": EndpointUnreachable: cannot list \S+ at 127\.0\.0\.1:1: no answer \(ECONNREFUSED\)/,
    );
  });

  it('says that it does not know us, or what it forbids', async () => {
    const unknown = await aWire({ server: { acceptsToken: () => false } });
    expect(await refusalOf(aKubeconfig({ server: unknown.server.url }))).toMatch(
      /^context "main": Unauthorized: cannot list \S+ at \S+: the API server does not accept our token/,
    );
    const { server } = await aWire();
    server.order({ method: 'GET', path: /daemonsets$/, times: 1, status: 403, message: 'RBAC says no' });
    expect(await refusalOf(aKubeconfig({ server: server.url }))).toMatch(
      /^context "main": Forbidden: cannot list daemonsets\.apps at \S+: grant the verb "list" on "daemonsets\.apps"/,
    );
  });

  it('ends the command with 2 and without a stack trace', async () => {
    const { server } = await aWire({ server: { acceptsToken: () => false } });
    const run = await dovetail(['plan', '--kubeconfig', aKubeconfig({ server: server.url })]);
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toMatch(/^context "main": Unauthorized: [^\n]+\n$/);
  });
});
