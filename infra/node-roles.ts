/**
 * Roles that nodes may have, each with an instance profile of ours. Named ones stay the user's; without any, one is made
 * as EKS wants it. All of it stays when the stack goes, because running nodes use it; what a failed first deploy made goes.
 */
import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnInstanceProfile, type IRole, ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/** https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html; Session Manager is how people get onto a node. */
export const NODE_POLICIES = [
  'AmazonEKSWorkerNodePolicy',
  'AmazonEKS_CNI_Policy',
  'AmazonEC2ContainerRegistryPullOnly',
  'AmazonSSMManagedInstanceCore',
];

export class NodeRoles extends Construct {
  /** Ours, or the names given. */
  readonly roles: readonly (Role | string)[];
  readonly roleNames: readonly string[];
  readonly roleArns: readonly string[];
  /** JSON object, role name to name of its instance profile, for `NODE_ROLES`. */
  readonly profilesJson: string;

  constructor(
    scope: Construct,
    id: string,
    props: { readonly names?: readonly string[]; readonly cluster: string },
  ) {
    super(scope, id);
    this.roles = props.names ?? [this.#ownRole(props.cluster)];
    const roles = this.roles.map((role) =>
      typeof role === 'string' ? Role.fromRoleName(this, role, role) : role,
    );
    const profiles = roles.map((role, index) => this.#profile(role, index));
    this.roleNames = roles.map(({ roleName }) => roleName);
    this.roleArns = roles.map(({ roleArn }) => roleArn);
    // Names made at deploy time may be keys here, which `toJsonString` does not take; neither name has a quote in it.
    const pairs = this.roleNames.map((name, index) => `"${name}":"${profiles[index]}"`);
    this.profilesJson = `{${pairs.join(',')}}`;
  }

  #ownRole(cluster: string): Role {
    const role = new Role(this, 'NodeRole', {
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      description: `Nodes that Dovetail starts for cluster ${cluster}`,
      managedPolicies: NODE_POLICIES.map((name) => ManagedPolicy.fromAwsManagedPolicyName(name)),
    });
    role.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    return role;
  }

  /** Its name is made by CloudFormation, so that a redeployed stack does not meet the one it left. */
  #profile({ roleName }: IRole, index: number): string {
    const profile = new CfnInstanceProfile(this, `Profile${index}`, { roles: [roleName] });
    profile.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    return profile.ref;
  }
}
