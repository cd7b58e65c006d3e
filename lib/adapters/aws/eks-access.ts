/** Who may enter the cluster: entries of node roles, and the right of an administrator, lent for a moment. */
import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  DescribeAccessEntryCommand,
  DisassociateAccessPolicyCommand,
  type EKSClient,
} from '@aws-sdk/client-eks';
import { DovetailError } from '../../model/errors.ts';
import { awsCall, codeOf } from './errors.ts';

/** The cluster-wide administrator (https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html). */
const ADMIN = 'arn:{partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy';
const NODE_ENTRY = 'EC2_LINUX';

export class EksAccess {
  readonly #client: EKSClient;
  readonly #cluster: string;

  constructor(options: { readonly client: EKSClient; readonly cluster: string }) {
    this.#client = options.client;
    this.#cluster = options.cluster;
  }

  /**
   * Nodes with this role may join. An entry of that kind that is there already is as good. Errors: `NodeRoleEntryUnfit`,
   * retry never, when the role has an entry of another kind, which nodes cannot join with.
   */
  async ensureNodeEntry(roleArn: string): Promise<'created' | 'present'> {
    const entry = { clusterName: this.#cluster, principalArn: roleArn };
    try {
      await this.#call('CreateAccessEntry', roleArn, () =>
        this.#client.send(new CreateAccessEntryCommand({ ...entry, type: NODE_ENTRY })),
      );
      return 'created';
    } catch (error) {
      if (!isCode(error, 'ResourceInUseException')) throw error;
    }
    const { accessEntry } = await this.#call('DescribeAccessEntry', roleArn, () =>
      this.#client.send(new DescribeAccessEntryCommand(entry)),
    );
    if (accessEntry?.type === NODE_ENTRY) return 'present';
    throw new DovetailError(
      'NodeRoleEntryUnfit',
      `role ${roleArn} has an access entry of type ${accessEntry?.type ?? 'unknown'} in cluster ${this.#cluster}, with which nodes cannot join: delete that entry, or name another role with -c nodeRoles`,
      'never',
    );
  }

  /** Makes the entry of `roleArn` an administrator's. The API server knows some seconds later. A second call changes nothing. */
  async lendAdmin(roleArn: string): Promise<void> {
    const input = { ...this.#admin(roleArn), accessScope: { type: 'cluster' as const } };
    await this.#call('AssociateAccessPolicy', roleArn, () =>
      this.#client.send(new AssociateAccessPolicyCommand(input)),
    );
  }

  /** Takes it back. A second call changes nothing; nor does one after the entry or the cluster has gone. */
  async takeAdminBack(roleArn: string): Promise<void> {
    try {
      await this.#call('DisassociateAccessPolicy', roleArn, () =>
        this.#client.send(new DisassociateAccessPolicyCommand(this.#admin(roleArn))),
      );
    } catch (error) {
      if (!isCode(error, 'ResourceNotFoundException')) throw error;
    }
  }

  #admin(roleArn: string) {
    const partition = roleArn.split(':')[1] ?? 'aws';
    const policyArn = ADMIN.replace('{partition}', partition);
    return { clusterName: this.#cluster, principalArn: roleArn, policyArn };
  }

  #call<T>(action: string, target: string, work: () => Promise<T>): Promise<T> {
    return awsCall({ service: 'EKS', action: `eks:${action}`, target }, work);
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && codeOf(error.cause) === code;
