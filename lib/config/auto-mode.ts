// EKS Auto Mode's NodeClass says much of what an EC2NodeClass says, for nodes that only EKS can make: it is an error.
// Source: https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html
import { kindOf } from './api-version.ts';
import type { Finding } from './finding.ts';
import type { LocatedObject } from './located.ts';

const ADVICE =
  'a NodeClass of EKS Auto Mode, whose nodes only EKS can make: write an EC2NodeClass of karpenter.k8s.aws/v1 with its role and selector terms, an image in amiSelectorTerms, such as alias: bottlerocket@latest, and its ephemeralStorage as blockDeviceMappings';

export const isAutoModeClass = (object: LocatedObject): boolean =>
  kindOf(object) === 'eks.amazonaws.com/NodeClass';

export const autoModeClasses = (objects: readonly LocatedObject[]): Finding[] =>
  objects.filter(isAutoModeClass).map((object) => object.finding(['kind'], ADVICE));
