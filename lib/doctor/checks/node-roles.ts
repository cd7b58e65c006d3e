// Whether instances can start with the node roles, and whether those nodes can join.
import type { AccessEntry, RoleDescription } from '../../ports/diagnosis.ts';
import { type Check, failed, ok, warning } from '../check.ts';
import type { DeployedFacts, NodeRoleFacts } from '../facts.ts';
import { checked } from '../reading.ts';

const EC2 = 'ec2.amazonaws.com';
const NODE_ENTRY = 'EC2_LINUX';
const WORKER = 'AmazonEKSWorkerNodePolicy';
/** Any of them lets a node pull images from ECR. */
const REGISTRY = ['PullOnly', 'ReadOnly', 'PowerUser', 'FullAccess'].map(
  (end) => `AmazonEC2ContainerRegistry${end}`,
);
/** Not needed on the node where the CNI has a role of its own. */
const CNI = 'AmazonEKS_CNI_Policy';

/** https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html */
export const nodeRoleChecks = ({ nodeRoles }: DeployedFacts): readonly Check[] =>
  nodeRoles.flatMap((facts) => [
    ...roleChecks(facts),
    ...profileChecks(facts),
    ...checked(`access entry of ${facts.role}`, facts.entry, (entry) => [entryCheck(facts.role, entry)]),
  ]);

function roleChecks({ role, description }: NodeRoleFacts): readonly Check[] {
  const name = `node role ${role}`;
  return checked(name, description, (found) => {
    if (found === undefined) {
      return [
        failed(name, 'NodeRoleMissing', `there is no role ${role}: make it, or deploy with -c nodeRoles=…`),
      ];
    }
    const wrong = [...trustChecks(name, found), ...policyChecks(name, found)];
    return wrong.length === 0 ? [ok(name, `trusted by EC2, with ${found.policies.join(', ')}`)] : wrong;
  });
}

function trustChecks(name: string, { trustedServices }: RoleDescription): readonly Check[] {
  if (trustedServices.some((service) => service === EC2 || service === `${EC2}.cn`)) return [];
  const who = trustedServices.join(', ') || 'no service';
  const message = `may be taken by ${who}: let ${EC2} take it (sts:AssumeRole in its trust policy)`;
  return [failed(name, 'NodeRoleNotTrusted', message)];
}

function policyChecks(name: string, { policies }: RoleDescription): readonly Check[] {
  const lacks = (policy: string): string =>
    `has no policy ${policy}: attach it, unless one of yours grants the same`;
  return [
    ...(policies.includes(WORKER) ? [] : [failed(name, 'NodeRolePolicyMissing', lacks(WORKER))]),
    ...(policies.some((policy) => REGISTRY.includes(policy))
      ? []
      : [failed(name, 'NodeRolePolicyMissing', lacks('AmazonEC2ContainerRegistryPullOnly'))]),
    ...(policies.includes(CNI)
      ? []
      : [warning(name, 'NodeRolePolicyMissing', `${lacks(CNI)} to the role of aws-node`)]),
  ];
}

function profileChecks({ role, profile, profileRole }: NodeRoleFacts): readonly Check[] {
  const name = `instance profile ${profile}`;
  return checked(name, profileRole, (found) => [
    found === role
      ? ok(name, `holds ${role}`)
      : failed(
          name,
          'InstanceProfileUnfit',
          `holds ${found ?? 'no role, or is gone'}, want ${role}: deploy with --revert-drift`,
        ),
  ]);
}

function entryCheck(role: string, entry: AccessEntry | undefined): Check {
  const name = `access entry of ${role}`;
  if (entry === undefined) {
    return failed(
      name,
      'NodeRoleEntryMissing',
      `the cluster has none, so that nodes cannot join: run aws eks create-access-entry --type ${NODE_ENTRY} with the role's ARN`,
    );
  }
  return entry.type === NODE_ENTRY
    ? ok(name, NODE_ENTRY)
    : failed(
        name,
        'NodeRoleEntryUnfit',
        `is of type ${entry.type}, with which nodes cannot join: delete it and deploy again, or name another role with -c nodeRoles`,
      );
}
