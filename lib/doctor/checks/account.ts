// What an account needs once: service-linked roles, and room for the functions.
import { type Check, failed, ok, warning } from '../check.ts';
import type { Facts } from '../facts.ts';
import { checked } from '../reading.ts';
import { quotaChecks } from './quotas.ts';

/** Services that EC2 acts through for us, each with a role of its own that an account has once. */
export const SERVICES = {
  'spot.amazonaws.com': 'AWSServiceRoleForEC2Spot',
  'ec2fleet.amazonaws.com': 'AWSServiceRoleForEC2Fleet',
} as const;

/** What all functions may run at one time; what the stack sets aside with `-c reservedConcurrency=true`. */
export const CONCURRENCY_WANTED = 29;

export const accountChecks = (facts: Facts): readonly Check[] => [
  ...Object.entries(SERVICES).flatMap(([service, role]) => roleChecks(facts, service, role)),
  ...concurrencyChecks(facts),
  ...quotaChecks(facts),
];

function roleChecks({ serviceLinkedRoles }: Facts, service: string, role: string): readonly Check[] {
  const reading = serviceLinkedRoles.get(service);
  if (reading === undefined) return [];
  return checked(role, reading, (present) => [
    present
      ? ok(role, 'is there')
      : failed(
          role,
          'ServiceLinkedRoleMissing',
          `the account has no service-linked role of ${service}: run dovetail doctor --create-service-linked-roles, or aws iam create-service-linked-role --aws-service-name ${service}`,
        ),
  ]);
}

function concurrencyChecks({ concurrency }: Facts): readonly Check[] {
  const name = 'Lambda concurrency';
  return checked(name, concurrency, (quota) => [
    quota >= CONCURRENCY_WANTED
      ? ok(name, `${quota} at one time`)
      : warning(
          name,
          'ConcurrencyLow',
          `the account may run ${quota} functions at one time in this region and Dovetail up to ${CONCURRENCY_WANTED}: work is late under load; ask for more (Service Quotas, Lambda, Concurrent executions), and do not deploy with -c reservedConcurrency=true before`,
        ),
  ]);
}
