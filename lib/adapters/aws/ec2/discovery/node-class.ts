import type { Image } from '../../../../model/launch-template.ts';
import type { NodeClass, ResolvedNodeClass } from '../../../../model/node-class.ts';
import { findImages, type ImageLookup, imageIdsOf } from './images.ts';
import { findSecurityGroups } from './security-groups.ts';
import { findSubnets } from './subnets.ts';

/** What a NodeClass names in EC2 today, and all images its terms select. Errors: those of the three searches. */
export async function resolveNodeClass(
  lookup: ImageLookup,
  nodeClass: NodeClass,
): Promise<{ readonly resolved: ResolvedNodeClass; readonly images: readonly Image[] }> {
  const images = await findImages(lookup, nodeClass);
  const resolved = {
    name: nodeClass.name,
    subnets: await findSubnets(lookup.ec2, nodeClass),
    securityGroupIds: await findSecurityGroups(lookup.ec2, nodeClass),
    imageIds: imageIdsOf(images),
  };
  return { resolved, images };
}
