import type { NodeClass, ResolvedNodeClass } from '../model/node-class.ts';
import type { InstanceType } from '../model/offering.ts';

/** EC2's instance types with today's prices, as one NodeClass makes them: allocatable from its kubelet and disks, offerings only in zones where it has a subnet. Sorted by name. */
export interface Catalog {
  instanceTypes(nodeClass: NodeClass, resolved: ResolvedNodeClass): Promise<readonly InstanceType[]>;
}
