import { describe, expect, it } from 'vitest';
import { LABEL } from '../../lib/model/labels.ts';
import type { NodeClass, ResolvedNodeClass } from '../../lib/model/node-class.ts';
import type { Catalog } from '../../lib/ports/catalog.ts';
import { aNodeClass } from '../support/memory-documents.ts';

/** Two of the region's zones, and an image for one architecture. */
const RESOLVED: ResolvedNodeClass = {
  name: 'default',
  subnets: [
    { id: 'subnet-b', zone: 'us-east-1b', zoneId: 'use1-az2' },
    { id: 'subnet-a', zone: 'us-east-1a', zoneId: 'use1-az1' },
  ],
  securityGroupIds: ['sg-1'],
  imageIds: { amd64: 'ami-1' },
};

/** A catalogue of us-east-1 as it is embedded. */
export function describeCatalogContract(name: string, makeCatalog: () => Promise<Catalog>): void {
  describe(`catalog: ${name}`, () => {
    const typesOf = async (nodeClass: NodeClass = aNodeClass(), resolved = RESOLVED) =>
      (await makeCatalog()).instanceTypes(nodeClass, resolved);

    it('names each type once, sorted', async () => {
      const names = (await typesOf()).map((type) => type.name);
      expect(names.length).toBeGreaterThan(400);
      expect(names).toEqual([...new Set(names)].sort());
    });

    it('sells a type only where there is a subnet, by zone, with a price', async () => {
      for (const { offerings } of await typesOf()) {
        const zones = offerings.map(({ zone }) => zone);
        expect(zones).toEqual([...zones].sort());
        expect(zones.every((zone) => zone === 'us-east-1a' || zone === 'us-east-1b')).toBe(true);
        expect(offerings.every(({ priceMicroUsdPerHour }) => priceMicroUsdPerHour > 0)).toBe(true);
      }
    });

    it('has only types that an image fits', async () => {
      const archs = new Set((await typesOf()).map(({ labels }) => labels[LABEL.arch]));
      expect([...archs]).toEqual(['amd64']);
      const images = { amd64: 'ami-1', arm64: 'ami-2' };
      const both = await typesOf(aNodeClass(), { ...RESOLVED, imageIds: images });
      expect(new Set(both.map(({ labels }) => labels[LABEL.arch])).size).toBe(2);
    });

    it('counts what the NodeClass reserves', async () => {
      const kubelet = { maxPods: 20, kubeReserved: { cpu: 500 }, systemReserved: {}, evictionHard: {} };
      const find = (types: Awaited<ReturnType<typeof typesOf>>) =>
        types.find((type) => type.name === 'm7i.large');
      const plain = find(await typesOf());
      expect(plain?.allocatable).toMatchObject({ cpu: 1930, pods: 29 });
      const reserved = find(await typesOf(aNodeClass({ kubelet })));
      expect(reserved?.allocatable).toMatchObject({ cpu: 1500, pods: 20 });
    });

    it('gives the same types for the same NodeClass', async () => {
      const catalog = await makeCatalog();
      const first = await catalog.instanceTypes(aNodeClass(), RESOLVED);
      expect(await catalog.instanceTypes(aNodeClass(), RESOLVED)).toEqual(first);
    });
  });
}
