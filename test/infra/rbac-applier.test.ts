import { describe, expect, it } from 'vitest';
import { type ApplyDeps, type ApplyRequest, apply } from '../../functions/rbac-applier/apply.ts';
import type { KubeHttp, KubeRequest } from '../../lib/adapters/kube/kube-http.ts';
import { DovetailError } from '../../lib/model/errors.ts';
import { pathOf } from '../../lib/rbac/kube-object.ts';
import { RBAC_MANIFESTS } from '../../lib/rbac/manifests.ts';
import { START_MS } from '../support/memory-clock.ts';
import { skippingClock } from '../support/skipping-clock.ts';

const OWN = 'arn:aws:iam::123456789012:role/applier';
const NODES = 'arn:aws:iam::123456789012:role/nodes';
const PATHS = RBAC_MANIFESTS.map(pathOf);

const error = (code: string): DovetailError => new DovetailError(code, `${code} for a test`, 'never');

interface World {
  readonly steps: string[];
  readonly deps: ApplyDeps;
}

/** Every step in its order. `refusals`: errors of the API server's first answers. */
function aWorld(
  options: {
    readonly refusals?: readonly DovetailError[];
    readonly cluster?: DovetailError;
    /** Errors of EKS's first answers, whatever is asked. */
    readonly unsettled?: readonly DovetailError[];
  } = {},
): World {
  const steps: string[] = [];
  const refusals = [...(options.refusals ?? [])];
  const unsettled = [...(options.unsettled ?? [])];
  const settled = (step: string): void => {
    const refusal = unsettled.shift();
    if (refusal !== undefined) throw refusal;
    steps.push(step);
  };
  const http = {
    call: async ({ method, path }: KubeRequest) => {
      const refusal = refusals.shift();
      if (refusal !== undefined) throw refusal;
      steps.push(`${method} ${path}`);
      return { status: 200, body: {} };
    },
    close: () => undefined,
  };
  const deps: ApplyDeps = {
    clock: skippingClock(),
    access: {
      ensureNodeEntry: async (arn) => {
        settled(`entry ${arn}`);
        return 'created';
      },
      lendAdmin: async (arn) => {
        settled(`lend ${arn}`);
      },
      takeAdminBack: async (arn) => {
        steps.push(`take back ${arn}`);
      },
    },
    openCluster: async () => {
      if (options.cluster !== undefined) throw options.cluster;
      return http as unknown as KubeHttp;
    },
  };
  return { steps, deps };
}

const aRequest = (overrides: Partial<ApplyRequest> = {}): ApplyRequest => ({
  manifests: 'present',
  nodeRoleArns: [NODES],
  ownRoleArn: OWN,
  deadlineMs: START_MS + 60_000,
  ...overrides,
});

describe('applying RBAC', () => {
  it('lends the administrator, writes every object in order, takes it back, and lets nodes join', async () => {
    const { deps, steps } = aWorld();
    await apply(deps, aRequest());
    expect(steps).toEqual([
      `lend ${OWN}`,
      ...PATHS.map((path) => `PATCH ${path}`),
      `take back ${OWN}`,
      `entry ${NODES}`,
    ]);
  });

  it('waits for EKS to hear of roles and policies that were made a moment ago', async () => {
    const { deps, steps } = aWorld({ unsettled: [error('AccessDenied'), error('InvalidRequest')] });
    await apply(deps, aRequest());
    expect(steps).toContain(`entry ${NODES}`);
    expect(deps.clock.nowMs()).toBe(START_MS + 6_000);
  });

  it('says after half a minute that a right is missing for good', async () => {
    const { deps, steps } = aWorld({ unsettled: Array.from({ length: 100 }, () => error('AccessDenied')) });
    await expect(apply(deps, aRequest())).rejects.toThrow('AccessDenied for a test');
    expect(steps).toEqual([`take back ${OWN}`]);
    expect(deps.clock.nowMs()).toBe(START_MS + 30_000);
  });

  it('waits until the right has reached the API server', async () => {
    const { deps, steps } = aWorld({
      refusals: [error('Unauthorized'), error('Forbidden'), error('Forbidden')],
    });
    await apply(deps, aRequest());
    expect(steps.filter((step) => step.startsWith('PATCH'))).toHaveLength(PATHS.length);
    expect(deps.clock.nowMs()).toBe(START_MS + 9_000);
  });

  it('takes the administrator back when the right never arrives, and says what was refused', async () => {
    const { deps, steps } = aWorld({ refusals: Array.from({ length: 100 }, () => error('Forbidden')) });
    await expect(apply(deps, aRequest())).rejects.toThrow('Forbidden for a test');
    expect(steps.at(-1)).toBe(`take back ${OWN}`);
    expect(deps.clock.nowMs()).toBeLessThanOrEqual(START_MS + 60_000);
  });

  it('takes the administrator back at once when the API server refuses an object', async () => {
    const { deps, steps } = aWorld({ refusals: [error('Invalid')] });
    await expect(apply(deps, aRequest())).rejects.toThrow('Invalid for a test');
    expect(steps).toEqual([`lend ${OWN}`, `take back ${OWN}`]);
  });

  it('removes what it applied, the other way round', async () => {
    const { deps, steps } = aWorld();
    await apply(deps, aRequest({ manifests: 'absent', nodeRoleArns: [] }));
    expect(steps.slice(1, -1)).toEqual([...PATHS].reverse().map((path) => `DELETE ${path}`));
  });

  it('has nothing to remove from a cluster that is gone', async () => {
    const { deps, steps } = aWorld({ cluster: error('ClusterNotFound') });
    await apply(deps, aRequest({ manifests: 'absent', nodeRoleArns: [] }));
    expect(steps).toEqual([]);
  });

  it('fails for a cluster that was never there', async () => {
    const { deps } = aWorld({ cluster: error('ClusterNotFound') });
    await expect(apply(deps, aRequest({ nodeRoleArns: [] }))).rejects.toThrow('ClusterNotFound for a test');
  });
});
