// Roles that nodes of the stack may have, with what they need in IAM and in the cluster.
import { accessEntry } from '../../lib/adapters/aws/eks-description.ts';
import { describeRole, roleOfProfile } from '../../lib/adapters/aws/iam.ts';
import type { NodeRoleFacts } from '../../lib/doctor/facts.ts';
import { type Reading, read, unasked } from '../../lib/doctor/reading.ts';
import type { FunctionSettings, RoleDescription } from '../../lib/ports/diagnosis.ts';
import type { Clients } from './clients.ts';

interface Place {
  readonly clients: Clients;
  readonly clusterName: string;
}

export async function nodeRoleFacts(
  place: Place,
  functions: Reading<readonly FunctionSettings[]>,
): Promise<NodeRoleFacts[]> {
  if (functions.kind !== 'known') return [];
  const written = functions.value.map(({ environment }) => environment['NODE_ROLES']).find((text) => text);
  const profiles = JSON.parse(written ?? '{}') as Readonly<Record<string, string>>;
  return Promise.all(Object.entries(profiles).map(([role, profile]) => factsOf(place, role, profile)));
}

async function factsOf(
  { clients, clusterName }: Place,
  role: string,
  profile: string,
): Promise<NodeRoleFacts> {
  const description = await read(() => describeRole(clients.iam, role));
  const arn = arnOf(description);
  return {
    role,
    profile,
    description,
    profileRole: await read(() => roleOfProfile(clients.iam, profile)),
    entry:
      arn === undefined
        ? unasked('the role is not known')
        : await read(() => accessEntry(clients.eks, clusterName, arn)),
  };
}

const arnOf = (description: Reading<RoleDescription | undefined>): string | undefined =>
  description.kind === 'known' ? description.value?.arn : undefined;
