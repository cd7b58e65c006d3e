import { describe, expect, it } from 'vitest';
import { describeCluster, eksClient } from '../../../lib/adapters/aws/eks.ts';
import { aJsonError, aJsonService, endsJsonServers, type JsonAnswer } from '../../support/aws-json.ts';

endsJsonServers();

const CLUSTER = {
  name: 'shop',
  status: 'ACTIVE',
  version: '1.35',
  endpoint: 'https://shop.example',
  certificateAuthority: { data: 'LS0t' },
  kubernetesNetworkConfig: { serviceIpv4Cidr: '172.20.0.0/16', ipFamily: 'ipv4' },
  accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP' },
};

async function described(answer: JsonAnswer) {
  const { options, requests } = await aJsonService(() => answer);
  const facts = await describeCluster(eksClient(options), 'shop');
  return { facts, requests };
}

describe('facts about the cluster', () => {
  it('are what EKS says, with the address of the DNS service', async () => {
    const { facts, requests } = await described({ body: { cluster: CLUSTER } });
    expect(requests.map(({ operation }) => operation)).toEqual(['GET /clusters/shop']);
    expect(facts).toEqual({
      name: 'shop',
      endpoint: 'https://shop.example',
      caBase64: 'LS0t',
      version: '1.35',
      serviceCidr: '172.20.0.0/16',
      ipFamily: 'ipv4',
      dnsClusterIp: '172.20.0.10',
      authenticationMode: 'API_AND_CONFIG_MAP',
    });
  });

  it('hold the IPv6 range of an IPv6 cluster', async () => {
    const kubernetesNetworkConfig = { serviceIpv6Cidr: 'fd12:3456::/108', ipFamily: 'ipv6' };
    const { facts } = await described({ body: { cluster: { ...CLUSTER, kubernetesNetworkConfig } } });
    expect(facts).toMatchObject({
      serviceCidr: 'fd12:3456::/108',
      ipFamily: 'ipv6',
      dnsClusterIp: 'fd12:3456::a',
    });
  });

  it.each([['CONFIG_MAP'], [undefined]])(
    'are refused where access entries are not read (%s)',
    async (mode) => {
      const cluster = { ...CLUSTER, accessConfig: { authenticationMode: mode } };
      await expect(described({ body: { cluster } })).rejects.toMatchObject({
        code: 'AuthenticationModeUnsupported',
        retry: 'never',
        message: expect.stringContaining('authenticationMode=API_AND_CONFIG_MAP'),
      });
    },
  );

  it('are waited for while the cluster is made', async () => {
    const { endpoint, certificateAuthority, ...making } = { ...CLUSTER, status: 'CREATING' };
    await expect(described({ body: { cluster: making } })).rejects.toMatchObject({
      code: 'ClusterNotReady',
      retry: 'same-request',
      message: expect.stringContaining('CREATING and has no endpoint, caBase64 yet'),
    });
  });

  it('name a cluster that is not there, and a right that is missing', async () => {
    await expect(
      described({ ...aJsonError('ResourceNotFoundException'), status: 404 }),
    ).rejects.toMatchObject({
      code: 'ClusterNotFound',
      retry: 'never',
      message: expect.stringContaining('cluster shop'),
    });
    await expect(described({ ...aJsonError('AccessDeniedException'), status: 403 })).rejects.toMatchObject({
      code: 'AccessDenied',
      message: expect.stringContaining('eks:DescribeCluster'),
    });
  });
});
