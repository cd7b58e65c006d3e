import { LABEL } from '../model/labels.ts';
import type { AmiFamily } from '../model/node-class.ts';
import type { TypeFacts } from './catalogue.ts';

/**
 * Karpenter's well-known labels of an instance type (karpenter-provider-aws `pkg/apis/v1/labels.go`). A property that a
 * type does not have gives no label, so that `DoesNotExist` selects it. Amounts: memory in MiB, NVMe in GB, bandwidth in
 * Mbit/s.
 */
export function typeLabels(type: TypeFacts, amiFamily: AmiFamily): Record<string, string> {
  return {
    [LABEL.instanceType]: type.name,
    [LABEL.arch]: type.arch,
    ...osLabels(amiFamily),
    ...instanceLabels({
      family: type.family,
      size: type.size,
      category: type.category,
      generation: type.generation,
      cpu: type.vcpus,
      'cpu-manufacturer': type.cpuManufacturer,
      'cpu-sustained-clock-speed-mhz': type.cpuClockMhz,
      memory: type.memoryMib,
      // Bare metal has the label with an empty value: EC2 names no hypervisor.
      hypervisor: type.hypervisor ?? '',
      'network-bandwidth': type.networkMbps,
      'ebs-bandwidth': type.ebsMbps,
      'local-nvme': type.localNvmeGb,
      'encryption-in-transit-supported': type.encryptionInTransit,
      'capability-flex': type.flex,
      tenancy: 'default',
      'gpu-name': type.gpu?.name,
      'gpu-manufacturer': type.gpu?.manufacturer,
      'gpu-count': type.gpu?.count,
      'gpu-memory': type.gpu?.memoryMib,
      'accelerator-name': type.accelerator?.name,
      'accelerator-manufacturer': type.accelerator?.manufacturer,
      'accelerator-count': type.accelerator?.count,
    }),
  };
}

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#nodekubernetesiowindows-build */
const WINDOWS_BUILDS: Readonly<Partial<Record<AmiFamily, string>>> = {
  Windows2019: '10.0.17763',
  Windows2022: '10.0.20348',
  Windows2025: '10.0.26100',
};

function osLabels(amiFamily: AmiFamily): Record<string, string> {
  const build = WINDOWS_BUILDS[amiFamily];
  return build === undefined
    ? { [LABEL.os]: 'linux' }
    : { [LABEL.os]: 'windows', 'node.kubernetes.io/windows-build': build };
}

/** A plain loop: this runs a thousand times at every start of the command. */
function instanceLabels(
  values: Readonly<Record<string, string | number | boolean | undefined>>,
): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const name in values) {
    if (values[name] !== undefined) labels[`karpenter.k8s.aws/instance-${name}`] = String(values[name]);
  }
  return labels;
}
