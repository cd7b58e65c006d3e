// The hardware half of the catalogue: one column per property.
import type { Accelerator, Gpu, Sparse, TypesFile } from '../../lib/catalog/catalogue-files.ts';
import { cell, numberIn, type Row } from './csv.ts';

export const ATTRIBUTION = 'see ATTRIBUTION.md beside this file';

/** `rows` are sorted by instance type. */
export function typesFile(rows: readonly Row[]): TypesFile {
  const texts = (column: string) => rows.map((row) => cell(row, column) || null);
  const numbers = (column: string) => rows.map((row) => numberIn(row, column) ?? null);
  return {
    schemaVersion: 1,
    attribution: ATTRIBUTION,
    names: rows.map((row) => cell(row, 'instance_type')),
    arch: rows.map((row) => cell(row, 'arch')),
    vcpus: rows.map((row) => needed(row, 'vcpu')),
    memoryMib: rows.map((row) => needed(row, 'memory_mib')),
    enis: rows.map((row) => needed(row, 'max_enis_default_card')),
    ipv4PerEni: rows.map((row) => needed(row, 'ipv4_per_eni')),
    hypervisor: texts('hypervisor'),
    cpuManufacturer: texts('cpu_manufacturer'),
    cpuClockMhz: numbers('cpu_clock_mhz'),
    networkMbps: numbers('network_bandwidth_mbps'),
    ebsMbps: numbers('ebs_bandwidth_mbps'),
    podEnis: numbers('pod_eni'),
    encryptionInTransit: rows.map((row) => flag(cell(row, 'encryption_in_transit'))),
    bareMetal: positions(rows, (row) => cell(row, 'bare_metal') === 'true'),
    burstable: positions(rows, isBurstable),
    flex: positions(rows, (row) => cell(row, 'flex') === 'true'),
    withoutSpot: positions(rows, (row) => !cell(row, 'usage_classes').split(' ').includes('spot')),
    localNvmeGb: sparse(rows, (row) => numberIn(row, 'local_nvme_gb')),
    networkCards: sparse(rows, networkCardsOf),
    efas: sparse(rows, (row) => numberIn(row, 'efa_interfaces')),
    gpus: sparse(rows, gpuOf),
    accelerators: sparse(rows, acceleratorOf),
  };
}

/** t1 is EC2's first burstable family, older than the attribute that says so. */
const isBurstable = (row: Row): boolean => cell(row, 'burstable') === 'true' || cell(row, 'category') === 't';

/** The source counts interfaces of all cards and of the default one; the cards of a type are alike. */
function networkCardsOf(row: Row): number | undefined {
  const all = needed(row, 'max_enis');
  const ofDefault = needed(row, 'max_enis_default_card');
  if (all % ofDefault !== 0)
    throw new Error(`${row['instance_type']}: ${all} interfaces on cards of ${ofDefault}`);
  return all === ofDefault ? undefined : all / ofDefault;
}

/** What each maker's device plugin announces; the source has no such column for Gaudi, which is never shared. */
const ANNOUNCED: Readonly<Record<string, string>> = {
  nvidia: 'alloc_nvidia_gpu',
  amd: 'alloc_amd_gpu',
  habana: 'gpu_count',
};

function gpuOf(row: Row): Gpu | undefined {
  const name = cell(row, 'gpu_name');
  if (name === '') return undefined;
  const manufacturer = cell(row, 'gpu_manufacturer');
  const announced = ANNOUNCED[manufacturer];
  if (announced === undefined)
    throw new Error(`${row['instance_type']}: GPUs of unknown maker ${manufacturer}`);
  return {
    name,
    manufacturer,
    count: numberIn(row, announced) ?? 0,
    memoryMib: needed(row, 'gpu_memory_mib'),
  };
}

function acceleratorOf(row: Row): Accelerator | undefined {
  const name = cell(row, 'accelerator_name');
  if (name === '') return undefined;
  return {
    name,
    manufacturer: cell(row, 'accelerator_manufacturer'),
    count: needed(row, 'accelerator_count'),
    neurons: numberIn(row, 'alloc_neuron') ?? 0,
    neuronCores: numberIn(row, 'alloc_neuroncore') ?? 0,
  };
}

function needed(row: Row, column: string): number {
  const value = numberIn(row, column);
  if (value === undefined) throw new Error(`${row['instance_type']} has no ${column}`);
  return value;
}

const flag = (text: string): 0 | 1 | null => (text === '' ? null : text === 'true' ? 1 : 0);

const positions = (rows: readonly Row[], has: (row: Row) => boolean): number[] =>
  rows.flatMap((row, index) => (has(row) ? [index] : []));

function sparse<T>(rows: readonly Row[], read: (row: Row) => T | undefined): Sparse<T> {
  return Object.fromEntries(
    rows.flatMap((row, index) => {
      const value = read(row);
      return value === undefined ? [] : [[String(index), value] as const];
    }),
  );
}
