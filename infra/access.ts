/**
 * The way into the cluster: an access entry with a Kubernetes group of its own for each function that goes there, and the
 * custom resource that applies what those groups may do.
 */
import { Aws, CustomResource, Duration } from 'aws-cdk-lib';
import { CfnAccessEntry } from 'aws-cdk-lib/aws-eks';
import { Policy, type Role } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type * as z from 'zod';
import type { rbacApplierEnv } from '../functions/rbac-applier/env.ts';
import { stableHash } from '../lib/model/stable-json.ts';
import { GROUP } from '../lib/rbac/groups.ts';
import { RBAC_MANIFESTS } from '../lib/rbac/manifests.ts';
import { ServiceFunction } from './function.ts';
import type { Network } from './network.ts';
import type { NodeRoles } from './node-roles.ts';
import { allow, ownArn } from './permissions.ts';
import type { FunctionName } from './settings.ts';

export interface AccessProps {
  readonly cluster: string;
  readonly functions: Readonly<Record<FunctionName, ServiceFunction>>;
  readonly nodeRoles: NodeRoles;
  readonly network?: Network;
  /** `print`: somebody else applies what `dovetail rbac` prints, and the entries of node roles. */
  readonly rbac: 'apply' | 'print';
}

const APPLIER_TIMEOUT = Duration.minutes(5);

export class Access extends Construct {
  /** Roles whose entries the applier may look at or change. */
  readonly entryRoles: readonly (Role | string)[];

  constructor(scope: Construct, id: string, props: AccessProps) {
    super(scope, id);
    const { poller, drainer } = props.functions;
    this.#entry('PollerEntry', props.cluster, poller.role, [GROUP.poller]);
    this.#entry('DrainerEntry', props.cluster, drainer.role, [GROUP.drainer]);
    this.entryRoles = props.rbac === 'apply' ? [this.#applier(props), ...props.nodeRoles.roles] : [];
  }

  #entry(
    id: string,
    clusterName: string,
    { roleArn }: Role,
    kubernetesGroups: readonly string[],
  ): CfnAccessEntry {
    return new CfnAccessEntry(this, id, {
      clusterName,
      principalArn: roleArn,
      type: 'STANDARD',
      ...(kubernetesGroups.length === 0 ? {} : { kubernetesGroups: [...kubernetesGroups] }),
    });
  }

  #applier({ cluster, nodeRoles, network }: AccessProps): Role {
    const environment: Record<keyof z.input<typeof rbacApplierEnv>, string> = { CLUSTER_NAME: cluster };
    const applier = new ServiceFunction(this, 'RbacApplier', {
      name: 'rbac-applier',
      description: `Dovetail for ${cluster}: applies RBAC when the stack is deployed`,
      memoryMib: 256,
      timeoutSeconds: APPLIER_TIMEOUT.toSeconds(),
      permissions: [],
      environment,
      ...(network === undefined ? {} : { network }),
    });
    const entry = this.#entry('RbacApplierEntry', cluster, applier.role, []);
    const policy = this.#applierPolicy(cluster, applier.role, nodeRoles);
    const resource = new CustomResource(this, 'Rbac', {
      serviceToken: applier.alias.functionArn,
      resourceType: 'Custom::DovetailRbac',
      serviceTimeout: APPLIER_TIMEOUT.plus(Duration.minutes(1)),
      properties: {
        ClusterName: cluster,
        RoleArn: applier.role.roleArn,
        NodeRoleArns: nodeRoles.roleArns,
        // A release with other manifests is a change of the resource.
        Manifests: stableHash(RBAC_MANIFESTS),
      },
    });
    resource.node.addDependency(entry, policy);
    return applier.role;
  }

  /**
   * May make its own entry an administrator's and back, and let the named roles join: no other entry, no other policy.
   * Condition keys: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelastickubernetesservice.html
   */
  #applierPolicy(cluster: string, role: Role, nodeRoles: NodeRoles): Policy {
    const clusterArn = ownArn('eks', `cluster/${cluster}`);
    // EKS puts an id of its own behind the name.
    const entryOf = (roleName: string) =>
      ownArn('eks', `access-entry/${cluster}/role/${Aws.ACCOUNT_ID}/${roleName}/*`);
    return new Policy(this, 'RbacApplierPolicy', {
      roles: [role],
      statements: [
        allow('Cluster', [clusterArn], ['eks:DescribeCluster']),
        allow(
          'LendAdmin',
          [entryOf(role.roleName)],
          ['eks:AssociateAccessPolicy', 'eks:DisassociateAccessPolicy'],
          {
            ArnEquals: {
              'eks:policyArn': `arn:${Aws.PARTITION}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy`,
            },
          },
        ),
        allow('NodesMayJoin', [clusterArn], ['eks:CreateAccessEntry'], {
          StringEquals: { 'eks:accessEntryType': 'EC2_LINUX' },
          ArnEquals: { 'eks:principalArn': nodeRoles.roleArns },
        }),
        allow('LookAtNodeEntries', nodeRoles.roleNames.map(entryOf), ['eks:DescribeAccessEntry']),
      ],
    });
  }
}
