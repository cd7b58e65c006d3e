// Karpenter's first kinds, whose successors have another shape, so that nothing of them can be read.
// Source: https://karpenter.sh/docs/upgrading/upgrade-guide/
import { kindOf } from './api-version.ts';
import type { Finding } from './finding.ts';
import type { LocatedObject } from './located.ts';

const SUCCESSORS: Readonly<Record<string, string>> = {
  'karpenter.sh/Provisioner': 'rewrite it as a NodePool of karpenter.sh/v1',
  'karpenter.sh/Machine': 'the controller writes NodeClaims in its place, remove it',
  'karpenter.k8s.aws/AWSNodeTemplate': 'rewrite it as an EC2NodeClass of karpenter.k8s.aws/v1',
};

export const isSucceeded = (object: LocatedObject): boolean => Object.hasOwn(SUCCESSORS, kindOf(object));

/** One error per object of such a kind. */
export const succeededKinds = (objects: readonly LocatedObject[]): Finding[] =>
  objects.filter(isSucceeded).map((object) => {
    const { apiVersion, kind } = object;
    const message = `${apiVersion} has no ${kind} since Karpenter 0.33: ${SUCCESSORS[kindOf(object)]}`;
    return object.finding(['kind'], message);
  });
