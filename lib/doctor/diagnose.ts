import type { Check } from './check.ts';
import { accountChecks } from './checks/account.ts';
import { loginChecks } from './checks/login.ts';
import { rbacChecks } from './checks/rbac.ts';
import { stackChecks } from './checks/stack.ts';
import type { Facts } from './facts.ts';

/** Every check there is, in the order in which one thing needs the other. */
export const diagnose = (facts: Facts): readonly Check[] => [
  ...loginChecks(facts),
  ...rbacChecks(facts),
  ...accountChecks(facts),
  ...stackChecks(facts),
];
