import { afterEach, describe, expect, it } from 'vitest';
import { describeCluster, eksClient } from '../../../lib/adapters/aws/eks.ts';
import { EksAccess } from '../../../lib/adapters/aws/eks-access.ts';
import { type EksServer, type LocalEksCluster, startEksServer } from '../../../lib/local/eks-server.ts';
import { localOptions } from '../../support/aws-wire.ts';

const CLUSTER: LocalEksCluster = {
  name: 'shop',
  version: '1.35',
  endpoint: 'https://127.0.0.1:6443',
  caBase64: 'LS0t',
  serviceCidr: '10.100.0.0/16',
  authenticationMode: 'API',
};
const ROLE = 'arn:aws:iam::000000000000:role/path/nodes';
const ENTRIES = '/clusters/shop/access-entries';
const ENTRY = `${ENTRIES}/${encodeURIComponent(ROLE)}`;
const VIEW = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function eks(overrides: Partial<LocalEksCluster> = {}) {
  const server = await startEksServer({ port: 0, cluster: { ...CLUSTER, ...overrides } });
  const client = eksClient(localOptions(server.url));
  closing.push(server.close, () => client.destroy());
  return { server, client, access: new EksAccess({ client, cluster: 'shop' }) };
}

async function call({ url }: EksServer, method: string, path: string, body?: object) {
  const answer = await fetch(`${url}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  const fields: Readonly<Record<string, unknown>> = JSON.parse(await answer.text());
  return { status: answer.status, code: answer.headers.get('x-amzn-errortype'), body: fields };
}

describe('the EKS server', () => {
  it('describes the cluster as our client reads it', async () => {
    const { client } = await eks();
    expect(await describeCluster(client, 'shop')).toMatchObject({
      endpoint: 'https://127.0.0.1:6443',
      serviceCidr: '10.100.0.0/16',
      ipFamily: 'ipv4',
      dnsClusterIp: '10.100.0.10',
      authenticationMode: 'API',
    });
    await expect(describeCluster(client, 'other')).rejects.toMatchObject({ code: 'ClusterNotFound' });
  });

  it('has no endpoint while the cluster is made, and an IPv6 range where that is asked for', async () => {
    const { endpoint: _, ...making } = CLUSTER;
    const server = await startEksServer({ port: 0, cluster: { ...making, status: 'CREATING' } });
    const client = eksClient(localOptions(server.url));
    closing.push(server.close, () => client.destroy());
    await expect(describeCluster(client, 'shop')).rejects.toMatchObject({ code: 'ClusterNotReady' });
    const ipv6 = await eks({ serviceCidr: 'fd12:3456::/108' });
    expect(await describeCluster(ipv6.client, 'shop')).toMatchObject({ ipFamily: 'ipv6' });
  });

  it('lets nodes of a role in once, with the identity that EKS gives nodes', async () => {
    const { server, access } = await eks();
    expect(await access.ensureNodeEntry(ROLE)).toBe('created');
    expect(await access.ensureNodeEntry(ROLE)).toBe('present');
    expect(server.entries()).toMatchObject([
      { principalArn: ROLE, type: 'EC2_LINUX', kubernetesGroups: ['system:nodes'] },
    ]);
  });

  it('associates and takes back the policy of an administrator', async () => {
    const { server, access } = await eks();
    await expect(access.lendAdmin(ROLE)).rejects.toMatchObject({ code: 'ClusterNotFound' });
    await call(server, 'POST', ENTRIES, { principalArn: ROLE });
    await access.lendAdmin(ROLE);
    await access.lendAdmin(ROLE);
    const { body } = await call(server, 'GET', `${ENTRY}/access-policies`);
    expect(body['associatedAccessPolicies']).toMatchObject([{ accessScope: { type: 'cluster' } }]);
    await access.takeAdminBack(ROLE);
    await access.takeAdminBack(ROLE);
    expect(server.entries()[0]?.policies.size).toBe(0);
  });

  it('creates, shows, changes, lists and deletes an entry', async () => {
    const { server } = await eks();
    const made = await call(server, 'POST', ENTRIES, { principalArn: ROLE, kubernetesGroups: ['a'] });
    expect(made.body['accessEntry']).toMatchObject({
      type: 'STANDARD',
      clusterName: 'shop',
      username: 'arn:aws:sts::000000000000:assumed-role/nodes/{{SessionName}}',
    });
    await call(server, 'POST', ENTRY, { kubernetesGroups: ['b'], username: 'bob' });
    const shown = await call(server, 'GET', ENTRY);
    expect(shown.body['accessEntry']).toMatchObject({ kubernetesGroups: ['b'], username: 'bob' });
    const second = `${ROLE}-2`;
    await call(server, 'POST', ENTRIES, { principalArn: second });
    const first = await call(server, 'GET', `${ENTRIES}?maxResults=1`);
    expect(first.body['accessEntries']).toEqual([ROLE]);
    const rest = await call(server, 'GET', `${ENTRIES}?maxResults=1&nextToken=${first.body['nextToken']}`);
    expect(rest.body).toEqual({ accessEntries: [second] });
    expect((await call(server, 'DELETE', ENTRY)).status).toBe(200);
    expect(await call(server, 'GET', ENTRY)).toMatchObject({
      status: 404,
      code: 'ResourceNotFoundException',
    });
  });

  it('lists the entries that have a policy', async () => {
    const { server } = await eks();
    await call(server, 'POST', ENTRIES, { principalArn: ROLE });
    await call(server, 'POST', ENTRIES, { principalArn: `${ROLE}-2` });
    const scope = { type: 'namespace', namespaces: ['shop'] };
    await call(server, 'POST', `${ENTRY}/access-policies`, { policyArn: VIEW, accessScope: scope });
    const listed = await call(server, 'GET', `${ENTRIES}?associatedPolicyArn=${encodeURIComponent(VIEW)}`);
    expect(listed.body['accessEntries']).toEqual([ROLE]);
  });

  it('answers a repeated request as at first, and another one for the same principal with a refusal', async () => {
    const { server } = await eks();
    const create = (clientRequestToken: string) =>
      call(server, 'POST', ENTRIES, { principalArn: ROLE, clientRequestToken });
    expect([(await create('1')).status, (await create('1')).status]).toEqual([200, 200]);
    expect(await create('2')).toMatchObject({ status: 409, code: 'ResourceInUseException' });
  });

  it.each([
    ['a group of the system', { principalArn: ROLE, kubernetesGroups: ['system:masters'] }],
    ['a principal that is none', { principalArn: 'nodes' }],
    ['groups for nodes', { principalArn: ROLE, type: 'EC2_LINUX', kubernetesGroups: ['a'] }],
    ['a type that is none', { principalArn: ROLE, type: 'ROBOT' }],
  ])('refuses %s', async (_, body) => {
    const { server } = await eks();
    const refused = { status: 400, code: 'InvalidParameterException' };
    expect(await call(server, 'POST', ENTRIES, body)).toMatchObject(refused);
  });

  it('refuses a policy for nodes, a scope without namespaces, and what it does not serve', async () => {
    const { server, access } = await eks();
    await access.ensureNodeEntry(ROLE);
    await expect(access.lendAdmin(ROLE)).rejects.toMatchObject({
      message: expect.stringContaining('EC2_LINUX'),
    });
    await call(server, 'POST', ENTRIES, { principalArn: `${ROLE}-2` });
    const accessScope = { type: 'namespace' };
    const policies = `${ENTRIES}/${encodeURIComponent(`${ROLE}-2`)}/access-policies`;
    const refused = await call(server, 'POST', policies, { policyArn: VIEW, accessScope });
    expect(refused.code).toBe('InvalidParameterException');
    expect((await call(server, 'GET', '/clusters')).code).toBe('UnknownOperationException');
  });

  it('knows no access entries with authentication mode CONFIG_MAP', async () => {
    const { server } = await eks({ authenticationMode: 'CONFIG_MAP' });
    expect((await call(server, 'GET', ENTRIES)).code).toBe('InvalidRequestException');
  });
});
