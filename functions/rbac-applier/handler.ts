/**
 * Called by CloudFormation when the stack is made, changed and deleted: RBAC, the pod fence and node roles in the cluster.
 * A repeated request changes nothing. Every outcome is answered, because CloudFormation waits for it; a first deploy that
 * failed can be rolled back whatever state the cluster is in.
 */
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import { once } from '../shared/once.ts';
import { isUnmade, respond } from '../shared/respond.ts';
import { type ApplyDeps, apply } from './apply.ts';
import { wireRbacApplier } from './wiring.ts';

/** Left of the function's time for giving the right back and for the answer. */
const RESERVE_MS = 45_000;

export const rbacApplierHandler =
  (wire: () => Promise<ApplyDeps>) =>
  async (event: CloudFormationCustomResourceEvent, context: Context): Promise<void> => {
    const { RequestType, ResourceProperties } = event;
    const isDeleted = RequestType === 'Delete';
    try {
      const deps = await wire();
      await apply(deps, {
        manifests: isDeleted ? 'absent' : 'present',
        ownRoleArn: String(ResourceProperties['RoleArn']),
        // Nodes that go on need their entry.
        nodeRoleArns: isDeleted ? [] : (ResourceProperties['NodeRoleArns'] as string[]),
        deadlineMs: deps.clock.nowMs() + context.getRemainingTimeInMillis() - RESERVE_MS,
      });
      await respond(event, 'SUCCESS');
    } catch (error) {
      // Whatever could be removed was; the entry of this function goes next, and with it every right.
      await respond(event, isUnmade(event) ? 'SUCCESS' : 'FAILED', error);
    }
  };

export const handler = rbacApplierHandler(once(() => wireRbacApplier(process.env)));
