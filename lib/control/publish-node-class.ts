import { readNodeClass } from '../config/node-class.ts';
import { DovetailError } from '../model/errors.ts';
import type { NodeClass } from '../model/node-class.ts';
import type { NodeClassResolution, PublishedNodeClass } from '../model/published-document.ts';
import { compareText } from '../model/stable-json.ts';
import type { Discovery } from '../ports/discovery.ts';
import { commonMembers, runningOf, type Step, statusOf } from './publish-next.ts';
import { readSources } from './publish-reading.ts';

export interface RolesAndDiscovery {
  readonly nodeRoles: readonly string[];
  readonly discovery: Discovery;
}

/**
 * What is published of an EC2NodeClass now. The version that runs is resolved anew each time, because what selectors match
 * changes without an edit. Throws what the discovery throws when EC2 did not answer.
 */
export async function nextNodeClass(
  facts: RolesAndDiscovery,
  step: Step<PublishedNodeClass>,
): Promise<PublishedNodeClass> {
  const { sources, before, nowMs } = step;
  if (sources.length === 0 && before !== undefined) {
    return { ...before, ...commonMembers(step, { state: 'vanished' }) };
  }
  const reading = readSources('EC2NodeClass', sources, readNodeClass);
  const running = runningOf(reading, before?.running, nowMs);
  const readiness = running === undefined ? undefined : await readinessOf(facts, running.document);
  const reason = readiness?.kind === 'not-ready' ? readiness.reason : undefined;
  return {
    kind: 'EC2NodeClass',
    ...commonMembers(step, statusOf(reading, reason)),
    ...(running === undefined ? {} : { running }),
    ...(readiness?.kind === 'ready' ? { resolution: readiness.resolution } : {}),
  };
}

type Readiness =
  | { readonly kind: 'ready'; readonly resolution: NodeClassResolution }
  | { readonly kind: 'not-ready'; readonly reason: string };

async function readinessOf(
  { nodeRoles, discovery }: RolesAndDiscovery,
  nodeClass: NodeClass,
): Promise<Readiness> {
  const wrongRole = unknownRole(nodeClass, nodeRoles);
  if (wrongRole !== undefined) return { kind: 'not-ready', reason: wrongRole };
  try {
    return { kind: 'ready', resolution: await discovery.resolve(nodeClass) };
  } catch (error) {
    if (!(error instanceof DovetailError) || error.retry === 'same-request') throw error;
    return { kind: 'not-ready', reason: `${error.code}: ${error.message}` };
  }
}

/** A launch would be refused for it: the installation may pass no other roles. A role may be written with its path. */
function unknownRole(
  { name, role, instanceProfile }: NodeClass,
  nodeRoles: readonly string[],
): string | undefined {
  const short = role?.split('/').at(-1);
  if (instanceProfile !== undefined || short === undefined || nodeRoles.includes(short)) return undefined;
  const known = [...nodeRoles].sort(compareText).join(', ') || 'none';
  return `NodeRoleUnknown: EC2NodeClass ${name}: role "${role}" is not among the node roles of this installation (${known}): deploy it with -c nodeRoles=${short}, or name one of those`;
}
