/**
 * Brings the cluster to what the stack says: node roles may join, our objects are there or gone. The right of an
 * administrator is held from just before the first write to just after the last one, whatever happens between.
 */
import type { EksAccess } from '../../lib/adapters/aws/eks-access.ts';
import type { KubeHttp } from '../../lib/adapters/kube/kube-http.ts';
import { applyObject } from '../../lib/adapters/kube/kube-writes.ts';
import { DovetailError } from '../../lib/model/errors.ts';
import type { Clock } from '../../lib/ports/clock.ts';
import { pathOf } from '../../lib/rbac/kube-object.ts';
import { RBAC_MANIFESTS } from '../../lib/rbac/manifests.ts';

export interface ApplyDeps {
  readonly clock: Clock;
  readonly access: Pick<EksAccess, 'ensureNodeEntry' | 'lendAdmin' | 'takeAdminBack'>;
  /** Throws `ClusterNotFound` where there is no such cluster. */
  readonly openCluster: () => Promise<KubeHttp>;
}

export interface ApplyRequest {
  readonly manifests: 'present' | 'absent';
  readonly nodeRoleArns: readonly string[];
  /** The function's own role, which it lends the right of an administrator. */
  readonly ownRoleArn: string;
  /** Work ends by then, so that there is time left to give the right back. */
  readonly deadlineMs: number;
}

/** A new right reaches the API servers within seconds, as a rule. */
const PAUSE_MS = 3_000;
/** So long may EKS not know of the roles and policies that CloudFormation made a moment ago. */
const IAM_SETTLES_MS = 30_000;

/**
 * A second call with the same request changes nothing. Node roles come last: their entries are kept when the stack goes,
 * so a deploy that fails should not have made them.
 */
export async function apply(deps: ApplyDeps, request: ApplyRequest): Promise<void> {
  const { access } = deps;
  const http = await clusterOrGone(deps, request);
  if (http === undefined) return;
  try {
    await untilIamSettles(deps, () => access.lendAdmin(request.ownRoleArn));
    await write(deps, http, request);
  } finally {
    await access.takeAdminBack(request.ownRoleArn);
    http.close();
  }
  for (const roleArn of request.nodeRoleArns) {
    await untilIamSettles(deps, () => access.ensureNodeEntry(roleArn));
  }
}

/** What is to be removed is gone when its cluster is. */
async function clusterOrGone(deps: ApplyDeps, { manifests }: ApplyRequest): Promise<KubeHttp | undefined> {
  try {
    return await untilIamSettles(deps, deps.openCluster);
  } catch (error) {
    if (manifests === 'absent' && isCode(error, 'ClusterNotFound')) return undefined;
    throw error;
  }
}

async function write(
  deps: ApplyDeps,
  http: KubeHttp,
  { manifests, deadlineMs }: ApplyRequest,
): Promise<void> {
  const objects = manifests === 'present' ? RBAC_MANIFESTS : [...RBAC_MANIFESTS].reverse();
  for (const object of objects) {
    const path = pathOf(object);
    await untilAdmin(deps, deadlineMs, () =>
      manifests === 'present'
        ? applyObject(http, path, object)
        : http.call({ method: 'DELETE', path, accept: [404] }),
    );
  }
}

/** The right may not have arrived yet: then the API server does not know us, or does not let us. */
const untilAdmin = (deps: ApplyDeps, deadlineMs: number, work: () => Promise<unknown>): Promise<unknown> =>
  again(deps, ['Unauthorized', 'Forbidden'], deadlineMs, work);

/** EKS refuses a call without its right, and a role that it does not find. */
const untilIamSettles = <T>(deps: ApplyDeps, work: () => Promise<T>): Promise<T> =>
  again(deps, ['AccessDenied', 'InvalidRequest'], deps.clock.nowMs() + IAM_SETTLES_MS, work);

/** Does `work` until it does not fail with one of `codes`, or `deadlineMs` is near. */
async function again<T>(
  { clock }: ApplyDeps,
  codes: readonly string[],
  deadlineMs: number,
  work: () => Promise<T>,
): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isCode(error, ...codes) || clock.nowMs() + PAUSE_MS > deadlineMs) throw error;
      await clock.sleep(PAUSE_MS);
    }
  }
}

const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof DovetailError && codes.includes(error.code);
