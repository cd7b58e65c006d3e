import type { NodeClass, ResolvedNodeClass } from '../../lib/model/node-class.ts';
import { ZONES } from './builders.ts';

export const aNodeClass = (overrides: Partial<NodeClass> = {}): NodeClass => ({
  name: 'default',
  hash: 'hash-1',
  hashVersion: 'v1',
  amiFamily: 'AL2023',
  amiSelectorTerms: [{ tags: {}, alias: 'al2023@latest' }],
  subnetSelectorTerms: [{ tags: { discovery: 'test' } }],
  securityGroupSelectorTerms: [{ tags: { discovery: 'test' } }],
  role: 'node-role',
  tags: {},
  kubelet: { kubeReserved: {}, systemReserved: {}, evictionHard: {} },
  rootVolumeBytes: 20 * 1024 ** 3,
  spec: {},
  ...overrides,
});

/** One subnet in each of `ZONES`. */
export const aResolvedNodeClass = (overrides: Partial<ResolvedNodeClass> = {}): ResolvedNodeClass => ({
  name: 'default',
  subnets: ZONES.map(({ zone, zoneId }) => ({ id: `subnet-${zone}`, zone, zoneId })),
  securityGroupIds: ['sg-1'],
  imageIds: { amd64: 'ami-1', arm64: 'ami-2' },
  ...overrides,
});
