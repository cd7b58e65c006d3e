/**
 * Whose credentials a login was signed with: `shim.py` gives each function a session made of its role's ARN, and the EKS
 * server knows which roles have an access entry. The token webhook asks here.
 */
import { createHash } from 'node:crypto';
import type { AccessEntry } from '../../../lib/local/eks/access-entries.ts';

export interface RoleSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** What EKS tells the API server of somebody who may enter, and what its signature is checked with. */
export interface EnteredPrincipal extends RoleSession {
  readonly principalArn: string;
  readonly username: string;
  readonly groups: readonly string[];
}

const ADMIN_POLICY = /:cluster-access-policy\/AmazonEKSClusterAdminPolicy$/;
/** EKS has an authorizer of its own for access policies; a plain API server has this group. */
const ADMIN_GROUP = 'system:masters';

const digest = (use: string, roleArn: string): string =>
  createHash('sha256').update(`${use}:${roleArn}`).digest('hex');

export const sessionOfRole = (roleArn: string): RoleSession => ({
  accessKeyId: `ASIA${digest('key', roleArn).slice(0, 16).toUpperCase()}`,
  secretAccessKey: digest('secret', roleArn),
  sessionToken: digest('token', roleArn),
});

/** The entry of the role whose session has this key; `undefined` for a stranger. */
export function entryOf(entries: readonly AccessEntry[], accessKeyId: string): EnteredPrincipal | undefined {
  const entry = entries.find(({ principalArn }) => sessionOfRole(principalArn).accessKeyId === accessKeyId);
  if (entry === undefined) return undefined;
  const { principalArn, username, kubernetesGroups, policies } = entry;
  const isAdmin = [...policies.keys()].some((arn) => ADMIN_POLICY.test(arn));
  return {
    ...sessionOfRole(principalArn),
    principalArn,
    username: username.replace('{{SessionName}}', 'lane'),
    groups: [...kubernetesGroups, ...(isAdmin ? [ADMIN_GROUP] : [])],
  };
}
