import type { ClusterFacts, Image } from '../model/launch-template.ts';
import type { AmiFamily } from '../model/node-class.ts';
import type { Taint } from '../model/taint.ts';
import type { Fields } from './fields.ts';

/** Everything that user data is made from. */
export interface Join {
  /** Name of the EC2NodeClass, for errors. */
  readonly nodeClass: string;
  readonly family: AmiFamily;
  /** The user's own, as written. */
  readonly userData: string;
  readonly cluster: ClusterFacts;
  readonly image: Image;
  readonly labels: ReadonlyMap<string, string>;
  readonly taints: readonly Taint[];
  /** In the kubelet's own terms. */
  readonly kubelet: Fields;
  /** Local disks are striped and hold the pods' ephemeral storage. */
  readonly raid0: boolean;
}
