import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  allocatableOf,
  capacityOf,
  eniLimitedPods,
  ephemeralStorageBytes,
  kubeReserved,
  maxPods,
  memoryCapacityBytes,
  reservedCpuMillicores,
} from '../../../lib/catalog/overhead.ts';
import type { KubeletSettings, NodeClass } from '../../../lib/model/node-class.ts';
import { cell, parseCsv } from '../../../scripts/catalogue/csv.ts';
import { GIB, MIB } from '../../support/builders.ts';
import { aNodeClass } from '../../support/memory-documents.ts';

const TABLE = new URL('../../../../shared/data/ec2-instance-types.csv', import.meta.url);

const M5_LARGE = { arch: 'amd64', vcpus: 2, memoryMib: 8192, enis: 3, ipv4PerEni: 10 };
const I4I_LARGE = { ...M5_LARGE, memoryMib: 16384, localNvmeGb: 468 };

const withKubelet = (kubelet: Partial<KubeletSettings>, overrides: Partial<NodeClass> = {}): NodeClass =>
  aNodeClass({
    ...overrides,
    kubelet: { kubeReserved: {}, systemReserved: {}, evictionHard: {}, ...kubelet },
  });

function allocatable(type: typeof M5_LARGE, nodeClass: NodeClass) {
  return allocatableOf(type, nodeClass, capacityOf(type, nodeClass));
}

describe.skipIf(!existsSync(TABLE))("Karpenter's published allocatable (needs ../shared)", () => {
  const rows = existsSync(TABLE)
    ? parseCsv(readFileSync(TABLE, 'utf8')).filter((row) => cell(row, 'source') === 'karpenter-docs')
    : [];

  it('is reproduced exactly for cpu, memory, pods and ephemeral storage of every checked type', () => {
    const nodeClass = aNodeClass({ amiFamily: 'AL2023', rootVolumeBytes: 20 * GIB });
    const wrong = rows.flatMap((row) => {
      const number = (column: string): number => Number(cell(row, column));
      const type = {
        arch: cell(row, 'arch'),
        vcpus: number('vcpu'),
        memoryMib: number('memory_mib'),
        enis: number('max_enis_default_card'),
        ipv4PerEni: number('ipv4_per_eni'),
      };
      const left = allocatable(type, nodeClass);
      const want = {
        cpu: number('alloc_cpu_m'),
        memory: number('alloc_memory_mib') * MIB,
        pods: number('alloc_pods'),
        'ephemeral-storage': number('alloc_ephemeral_gib') * GIB,
      };
      return JSON.stringify(left) === JSON.stringify(want)
        ? []
        : [{ type: cell(row, 'instance_type'), left, want }];
    });
    expect(rows).toHaveLength(1363);
    expect(wrong).toEqual([]);
  });

  it('starts from the published memory capacity', () => {
    const wrong = rows.filter(
      (row) =>
        memoryCapacityBytes({
          ...M5_LARGE,
          arch: cell(row, 'arch'),
          memoryMib: Number(cell(row, 'memory_mib')),
        }) !==
        Number(cell(row, 'capacity_memory_mib')) * MIB,
    );
    expect(wrong.map((row) => cell(row, 'instance_type'))).toEqual([]);
  });
});

describe('pods of a node', () => {
  it('are bounded by the addresses of the default network card', () => {
    expect(eniLimitedPods(M5_LARGE)).toBe(29);
    expect(maxPods(M5_LARGE, withKubelet({}))).toBe(29);
  });

  it('are maxPods where the NodeClass sets it', () => {
    expect(maxPods(M5_LARGE, withKubelet({ maxPods: 110 }))).toBe(110);
  });

  it('are at most podsPerCore for each vCPU, which Bottlerocket does not know', () => {
    expect(maxPods(M5_LARGE, withKubelet({ podsPerCore: 4 }))).toBe(8);
    expect(maxPods(M5_LARGE, withKubelet({ podsPerCore: 4 }, { amiFamily: 'Bottlerocket' }))).toBe(29);
  });

  it('are 110 on Windows', () => {
    expect(maxPods(M5_LARGE, withKubelet({}, { amiFamily: 'Windows2022' }))).toBe(110);
  });
});

describe('reserves', () => {
  it('cut every band of CPU to whole millicores', () => {
    expect([1, 2, 3, 4, 8, 192].map(reservedCpuMillicores)).toEqual([60, 70, 75, 80, 90, 550]);
  });

  it('count addresses for memory even where maxPods is larger, except on Bottlerocket and Windows', () => {
    const memory = (nodeClass: NodeClass) => kubeReserved(M5_LARGE, nodeClass)['memory'];
    expect(memory(withKubelet({ maxPods: 110 }))).toBe((11 * 29 + 255) * MIB);
    expect(memory(withKubelet({ maxPods: 110 }, { amiFamily: 'Bottlerocket' }))).toBe((11 * 110 + 255) * MIB);
    expect(memory(withKubelet({}, { amiFamily: 'Windows2022' }))).toBe((11 * 110 + 255) * MIB);
  });

  it('take what the NodeClass says instead of the formula, resource by resource', () => {
    const plain = allocatable(M5_LARGE, withKubelet({}));
    const set = allocatable(
      M5_LARGE,
      withKubelet({ kubeReserved: { cpu: 200 }, systemReserved: { cpu: 100, memory: 50 * MIB } }),
    );
    expect(set['cpu']).toBe(2000 - 200 - 100);
    expect(set['memory']).toBe((plain['memory'] ?? 0) - 50 * MIB);
  });

  it('keep an eviction threshold in bytes or as a share of the capacity', () => {
    const capacityBytes = memoryCapacityBytes(M5_LARGE);
    const reserved = (11 * 29 + 255) * MIB;
    const left = (evictionHard: KubeletSettings['evictionHard']) =>
      allocatable(M5_LARGE, withKubelet({ evictionHard }))['memory'];
    expect(left({})).toBe(capacityBytes - reserved - 100 * MIB);
    expect(left({ 'memory.available': { kind: 'bytes', bytes: 500 * MIB } })).toBe(
      capacityBytes - reserved - 500 * MIB,
    );
    expect(left({ 'memory.available': { kind: 'percent', percent: 5 } })).toBe(
      capacityBytes - reserved - Math.ceil(capacityBytes * 0.05),
    );
    expect(left({ 'memory.available': { kind: 'percent', percent: 100 } })).toBe(capacityBytes - reserved);
  });
});

describe('ephemeral storage', () => {
  it('lives on the root volume, less kubelet and a tenth', () => {
    const nodeClass = withKubelet({}, { rootVolumeBytes: 100 * GIB });
    expect(allocatable(M5_LARGE, nodeClass)['ephemeral-storage']).toBe(89 * GIB);
  });

  it('lives on the local disks under instanceStorePolicy RAID0, where a type has any', () => {
    const nodeClass = withKubelet({}, { instanceStorePolicy: 'RAID0', rootVolumeBytes: 20 * GIB });
    expect(ephemeralStorageBytes(I4I_LARGE, nodeClass)).toBe(468e9);
    expect(ephemeralStorageBytes(M5_LARGE, nodeClass)).toBe(20 * GIB);
    expect(ephemeralStorageBytes(I4I_LARGE, withKubelet({}, { rootVolumeBytes: 20 * GIB }))).toBe(20 * GIB);
  });
});
