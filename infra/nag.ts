/**
 * Findings of cdk-nag that stand, each with its reason. Wildcards are acknowledged resource by resource, so that a new one
 * is an error until somebody says why.
 */

import { type CfnElement, Stack, Validations } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { REQUESTED, USED } from './ec2-permissions.ts';
import { NODE_POLICIES } from './node-roles.ts';

export interface Nagged {
  readonly cluster: string;
  /** The L1 of the bucket, of which cdk-nag writes the logical id. */
  readonly bucket: CfnElement;
  /** Roles whose access entries the RBAC applier may look at or change. */
  readonly entryRoles: readonly (Role | string)[];
}

const OWN = '<AWS::Region>:<AWS::AccountId>';

/** Made by launches, changed and ended later: each statement has a tag condition, which the rule does not see. */
const OWN_TAGGED = ['instance', 'volume', 'network-interface', 'fleet', 'launch-template'];

export function acknowledgeFindings(scope: Construct, { cluster, bucket, entryRoles }: Nagged): void {
  const ack = (id: string, reason: string): void =>
    Validations.of(scope).acknowledge({ id: `AwsSolutions-${id}`, reason });
  const wildcard = (resource: string, reason: string): void => ack(`IAM5[Resource::${resource}]`, reason);
  const arn = (rest: string): string => `arn:<AWS::Partition>:${rest}`;

  ack(
    'S1',
    'objects are content-addressed, written and read by these functions alone; CloudTrail has data events for who wants them',
  );
  for (const policy of NODE_POLICIES) {
    ack(
      `IAM4[Policy::${arn(`iam::aws:policy/${policy}`)}]`,
      'the managed policies that EKS documents for nodes follow what kubelet and CNI need; a copy would not',
    );
  }
  wildcard(
    '*',
    'EC2 describe actions, the price list, and interfaces of functions in a VPC know no resources',
  );
  wildcard(`<${Stack.of(scope).getLogicalId(bucket)}.Arn>/*`, 'objects of our own bucket');
  wildcard(
    arn(`ssm:${OWN}:parameter/dovetail/${cluster}/*`),
    'documents of this cluster, whose names are for people to choose',
  );
  wildcard(
    arn('ssm:<AWS::Region>::parameter/aws/service/*'),
    "AWS's public parameters, which name machine images",
  );
  for (const kind of OWN_TAGGED) {
    wildcard(
      arn(`ec2:${OWN}:${kind}/*`),
      'limited to our installation tag by a condition on request or resource tags',
    );
  }
  for (const kind of USED) {
    wildcard(
      arn(`ec2:<AWS::Region>:*:${kind}/*`),
      'what a launch names, found by the selectors of an EC2NodeClass, in a shared VPC of another account; nothing of it is changed',
    );
  }
  wildcard(
    arn(`ec2:${OWN}:${REQUESTED}/*`),
    'the request that EC2 itself makes for a Spot instance of a launch',
  );
  for (const kind of ['image', 'snapshot']) {
    wildcard(
      arn(`ec2:<AWS::Region>::${kind}/*`),
      'machine images and their snapshots, found by an EC2NodeClass',
    );
  }
  for (const role of entryRoles) {
    const name = typeof role === 'string' ? role : `<${logicalIdOf(role)}>`;
    wildcard(
      arn(`eks:${OWN}:access-entry/${cluster}/role/<AWS::AccountId>/${name}/*`),
      'the access entry of this one role, behind whose name EKS puts an id of its own',
    );
  }
}

const logicalIdOf = (role: Role): string => Stack.of(role).getLogicalId(role.node.defaultChild as CfnElement);
