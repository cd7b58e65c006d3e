/**
 * Which instance types a NodeClass can start at all.
 * Source: karpenter-provider-aws `pkg/providers/instancetype/compatibility/compatibility.go`.
 */
import type { NodeClass, ResolvedNodeClass } from '../model/node-class.ts';
import type { TypeFacts } from './catalogue.ts';
import {
  isWindows,
  type LaunchInterface,
  launchInterfaces,
  nestsVirtualization,
  tracksConnections,
} from './launch-spec.ts';

/** There is an image for the type, the image boots on it, and the hardware has what the NodeClass sets. */
export function runsOn(type: TypeFacts, nodeClass: NodeClass, resolved: ResolvedNodeClass): boolean {
  if (resolved.imageIds[type.arch] === undefined || !boots(type, nodeClass)) return false;
  if (tracksConnections(nodeClass) && !isNitro(type)) return false;
  if (nestsVirtualization(nodeClass) && !nests(type)) return false;
  const interfaces = launchInterfaces(nodeClass);
  return interfaces.length === 0 || hasInterfaces(type, interfaces);
}

/** Amazon Linux 2023 does not boot on the first Graviton: it lacks instructions that its kernel needs. */
function boots({ family, arch }: TypeFacts, { amiFamily }: NodeClass): boolean {
  if (amiFamily === 'AL2023') return family !== 'a1';
  return !isWindows(amiFamily) || arch === 'amd64';
}

/** Bare metal names no hypervisor and is built on Nitro. */
const isNitro = ({ hypervisor }: TypeFacts): boolean => hypervisor !== 'xen';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplateCpuOptionsRequest.html */
const nests = ({ family, bareMetal }: TypeFacts): boolean => !bareMetal && /^[cmr]8i(-flex)?$/.test(family);

/** Types older than Nitro with the Elastic Network Adapter: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/enhanced-networking-ena.html */
const XEN_WITH_ENA = /^((f1|g3s?|h1|i3|p2|p3|r4|x1e?)\.|m4\.16xlarge$)/;

/** Explicit interfaces need the adapter, their card, their place on it, and EFA for those that are nothing else. */
function hasInterfaces(type: TypeFacts, interfaces: readonly LaunchInterface[]): boolean {
  if (!isNitro(type) && !XEN_WITH_ENA.test(type.name)) return false;
  const efaOnly = interfaces.filter((entry) => entry.efaOnly).length;
  return (
    efaOnly <= (type.efas ?? 0) &&
    interfaces.every(
      ({ networkCardIndex, deviceIndex }) => networkCardIndex < type.networkCards && deviceIndex < type.enis,
    )
  );
}
