import { describe, expect, it } from 'vitest';
import { EmbeddedCatalog, offlineNodeClass } from '../../../lib/adapters/memory/embedded-catalog.ts';
import type { TypeFacts } from '../../../lib/catalog/catalogue.ts';
import { resolveInstanceTypes } from '../../../lib/catalog/instance-types.ts';
import type { NodeClass } from '../../../lib/model/node-class.ts';
import { aNodeClass } from '../../support/memory-documents.ts';

const catalog = new EmbeddedCatalog('us-east-1');

async function types(overrides: Partial<NodeClass>) {
  const nodeClass = aNodeClass(overrides);
  const all = await catalog.instanceTypes(nodeClass, offlineNodeClass(nodeClass, catalog.market));
  return new Map(all.map((type) => [type.name, type]));
}

async function among(names: string, overrides: Partial<NodeClass>): Promise<string[]> {
  const all = await types(overrides);
  return names.split(' ').filter((name) => all.has(name));
}

const onCard = (networkCardIndex: number, deviceIndex: number, interfaceType = 'interface') => ({
  networkCardIndex,
  deviceIndex,
  interfaceType,
});
const laidOut = (...networkInterfaces: object[]) => ({ spec: { networkInterfaces } });

describe('types that a NodeClass can start', () => {
  it('are amd64 alone where the AMI family is Windows', async () => {
    const all = await types({ amiFamily: 'Windows2022' });
    expect(new Set([...all.values()].map(({ labels }) => labels['kubernetes.io/arch']))).toEqual(
      new Set(['amd64']),
    );
  });

  it('have the network adapter that explicit interfaces need', async () => {
    expect(await among('t2.large m4.16xlarge r4.large m5.large m5.metal', laidOut(onCard(0, 0)))).toEqual([
      'm4.16xlarge',
      'r4.large',
      'm5.large',
      'm5.metal',
    ]);
  });

  it('have the cards and the places on them that the interfaces name', async () => {
    expect(await among('m5.large c6in.32xlarge', laidOut(onCard(0, 0), onCard(1, 1)))).toEqual([
      'c6in.32xlarge',
    ]);
    expect(await among('m5.large m5.4xlarge', laidOut(onCard(0, 0), onCard(0, 3)))).toEqual(['m5.4xlarge']);
  });

  it('have as many EFA interfaces as are asked for', async () => {
    const efa = [onCard(0, 0), onCard(0, 1, 'efa-only'), onCard(1, 1, 'efa-only')];
    expect(await among('m5.large m5n.24xlarge c6in.32xlarge', laidOut(...efa))).toEqual(['c6in.32xlarge']);
  });

  it('are built on Nitro where connections are tracked with timeouts of their own', async () => {
    const spec = { connectionTracking: { udpTimeout: 45 } };
    expect(await among('m4.large m5.large m5.metal', { spec })).toEqual(['m5.large', 'm5.metal']);
  });

  it('nest virtual machines where that is switched on', async () => {
    const names = 'm7i.large m8i.large c8i-flex.large r8g.large m8i.metal-48xl';
    const nested = (nestedVirtualization: string) =>
      among(names, { spec: { cpuOptions: { nestedVirtualization } } });
    expect(await nested('enabled')).toEqual(['m8i.large', 'c8i-flex.large']);
    expect(await nested('disabled')).toEqual(names.split(' '));
  });
});

describe('what a type announces', () => {
  it('is the addresses of one interface on Windows', async () => {
    const windows = (await types({ amiFamily: 'Windows2022' })).get('m5.large');
    const linux = (await types({})).get('m5.large');
    expect(windows?.allocatable['vpc.amazonaws.com/PrivateIPv4Address']).toBe(9);
    expect(linux?.allocatable).not.toHaveProperty('vpc.amazonaws.com/PrivateIPv4Address');
  });

  it('is its Gaudi accelerators, which make it exotic', () => {
    const dl1: TypeFacts = {
      name: 'm5.24xlarge',
      family: 'dl1',
      size: '24xlarge',
      category: 'dl',
      arch: 'amd64',
      vcpus: 96,
      memoryMib: 768 * 1024,
      enis: 15,
      ipv4PerEni: 50,
      networkCards: 4,
      hypervisor: 'nitro',
      bareMetal: false,
      burstable: false,
      flex: false,
      gpu: { name: 'gaudi-hl-205', manufacturer: 'habana', count: 8, memoryMib: 32_768 },
    };
    const nodeClass = aNodeClass();
    const [type] = resolveInstanceTypes([dl1], catalog.market, nodeClass, {
      ...offlineNodeClass(nodeClass, catalog.market),
    });
    expect(type).toMatchObject({ exotic: true, allocatable: { 'habana.ai/gaudi': 8 } });
  });

  it('is fewer pods where interfaces of the default card carry EFA alone', async () => {
    const spec = { networkInterfaces: [onCard(0, 0), onCard(0, 1, 'efa-only')] };
    const pods = async (overrides: Partial<NodeClass>) =>
      (await types(overrides)).get('c5n.18xlarge')?.allocatable['pods'];
    expect([await pods({}), await pods({ spec })]).toEqual([15 * 49 + 2, 14 * 49 + 2]);
  });

  it('is an empty hypervisor on bare metal', async () => {
    const { labels } = (await types({})).get('m5.metal') ?? { labels: {} };
    expect(labels).toHaveProperty(['karpenter.k8s.aws/instance-hypervisor'], '');
  });
});
