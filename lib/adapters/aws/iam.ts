/** Roles and instance profiles as IAM describes them, and the service-linked roles that an account has once. */
import {
  CreateServiceLinkedRoleCommand,
  GetInstanceProfileCommand,
  GetRoleCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolesCommand,
} from '@aws-sdk/client-iam';
import { DovetailError } from '../../model/errors.ts';
import { compareText } from '../../model/stable-json.ts';
import type { RoleDescription } from '../../ports/diagnosis.ts';
import { type ClientOptions, clientConfig } from './clients/options.ts';
import { allPages } from './ec2/pages.ts';
import { awsCall } from './errors.ts';

const REQUEST_TIMEOUT_MS = 5_000;

export const iamClient = (options: ClientOptions): IAMClient =>
  new IAMClient(clientConfig(options, REQUEST_TIMEOUT_MS));

/** `undefined` where there is no such role. */
export async function describeRole(client: IAMClient, name: string): Promise<RoleDescription | undefined> {
  const found = await orAbsent('GetRole', `role ${name}`, () =>
    client.send(new GetRoleCommand({ RoleName: name })),
  );
  if (found === undefined) return undefined;
  const policies = await allPages(`policies of role ${name}`, async (Marker) => {
    const command = new ListAttachedRolePoliciesCommand({ RoleName: name, Marker });
    const answer = await call('ListAttachedRolePolicies', `role ${name}`, () => client.send(command));
    return { items: answer.AttachedPolicies, nextToken: answer.Marker };
  });
  return {
    arn: found.Role?.Arn ?? '',
    trustedServices: trustedServices(found.Role?.AssumeRolePolicyDocument ?? ''),
    policies: policies.map(({ PolicyName = '' }) => PolicyName).sort(compareText),
  };
}

/** The role that instances with the profile have; `undefined` without profile or role. */
export async function roleOfProfile(client: IAMClient, profile: string): Promise<string | undefined> {
  const found = await orAbsent('GetInstanceProfile', `instance profile ${profile}`, () =>
    client.send(new GetInstanceProfileCommand({ InstanceProfileName: profile })),
  );
  return found?.InstanceProfile?.Roles?.[0]?.RoleName;
}

/** Whether the account has the role that `service` acts with. Such roles have a path of their own, whatever their names. */
export async function hasServiceLinkedRole(client: IAMClient, service: string): Promise<boolean> {
  const command = new ListRolesCommand({ PathPrefix: `/aws-service-role/${service}/` });
  const { Roles = [] } = await call('ListRoles', `roles of ${service}`, () => client.send(command));
  return Roles.length > 0;
}

/** Makes the role that `service` acts with, such as `spot.amazonaws.com`. A second call changes nothing. */
export async function createServiceLinkedRole(
  client: IAMClient,
  service: string,
): Promise<'created' | 'present'> {
  try {
    await call('CreateServiceLinkedRole', service, () =>
      client.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: service })),
    );
    return 'created';
  } catch (error) {
    // IAM's answer for a role that is there already: its name "has been taken in this account".
    if (error instanceof Error && /has been taken|already exists/.test(error.message)) return 'present';
    throw error;
  }
}

interface Statement {
  readonly Effect?: string;
  readonly Principal?: { readonly Service?: string | readonly string[] } | string;
}

/** IAM gives the document URL-encoded. */
function trustedServices(document: string): string[] {
  if (document === '') return [];
  const { Statement = [] } = JSON.parse(decodeURIComponent(document)) as {
    readonly Statement?: Statement | readonly Statement[];
  };
  return [Statement].flat().flatMap(({ Effect, Principal }) => {
    if (Effect !== 'Allow' || Principal === undefined || typeof Principal === 'string') return [];
    return [Principal.Service ?? []].flat();
  });
}

async function orAbsent<T>(action: string, target: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call(action, target, work);
  } catch (error) {
    if (error instanceof DovetailError && error.code === 'RoleNotFound') return undefined;
    throw error;
  }
}

const call = <T>(action: string, target: string, work: () => Promise<T>): Promise<T> =>
  awsCall({ service: 'IAM', action: `iam:${action}`, target }, work);
