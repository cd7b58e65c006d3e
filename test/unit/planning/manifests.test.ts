import { describe, expect, it } from 'vitest';
import { DEFAULT_NODE_POOL } from '../../../lib/config/defaults.ts';
import { expandWorkloads } from '../../../lib/config/expand.ts';
import { loadDocuments } from '../../../lib/config/load.ts';
import type { SourceFile } from '../../../lib/config/source.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import { isProvisionable } from '../../../lib/planning/provisionable.ts';
import type { ProvisioningInput, ProvisioningPlan } from '../../../lib/planning/types.ts';
import { aProvisioningInput } from '../../support/builders.ts';
import { planProblems } from '../../support/object-checker.ts';
import { scaled } from '../../support/scaled-manifests.ts';
import { hasSharedData, sharedInstanceTypes, sharedManifests } from '../../support/shared-data.ts';

const ARM = /0 of 2 049 offerings match kubernetes.io\/arch In \[arm64\]/;
const MASTER = /node-role.kubernetes.io\/master Exists/;

interface Expected {
  readonly pods: number;
  /** Workloads whose pods the default NodePool cannot serve, all of them, and what the reason says. */
  readonly unplaced: Readonly<Record<string, RegExp>>;
}

const EXPECTED: Readonly<Record<string, Expected>> = {
  'eks-system.yaml': { pods: 2, unplaced: {} },
  'karpenter-examples.yaml': { pods: 72, unplaced: { arm64: ARM } },
  'kops-aws-addons.yaml': {
    // The seventeenth keeps off every NodePool by its affinity.
    pods: 16,
    unplaced: {
      'cert-manager': MASTER,
      'cert-manager-cainjector': MASTER,
      'cert-manager-webhook': MASTER,
      'cluster-autoscaler': MASTER,
      'dns-controller': MASTER,
    },
  },
  'kube-thanos.yaml': { pods: 20, unplaced: {} },
  'online-boutique.yaml': { pods: 12, unplaced: {} },
};

const types = hasSharedData ? sharedInstanceTypes() : [];

function inputOf(file: SourceFile): ProvisioningInput {
  const { documents, findings } = loadDocuments([file], { requireNodeClasses: false });
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const pods = [...documents.pods, ...expandWorkloads(documents.workloads, documents.pods)];
  return aProvisioningInput({
    pods: pods.filter(isProvisionable),
    cluster: documents.cluster,
    nodePools: [DEFAULT_NODE_POOL],
    instanceTypes: { [DEFAULT_NODE_POOL.name]: types },
  });
}

/** Pods without a place by workload, each with its reason. */
function unplacedOf({ unschedulable }: ProvisioningPlan): Record<string, { count: number; why: string }> {
  const found: Record<string, { count: number; why: string }> = {};
  for (const { pod, reasons } of unschedulable) {
    const name = pod.owner?.name ?? pod.name;
    found[name] = { count: (found[name]?.count ?? 0) + 1, why: reasons.join('; ') };
  }
  return found;
}

const files = hasSharedData ? sharedManifests() : [];
const cases = files.flatMap((file) => [1, 10, 50].map((factor) => ({ file, name: file.name, factor })));

describe.skipIf(!hasSharedData)('plans for manifests of real projects', () => {
  it('are asked for of every file there is', () => {
    expect(files.map(({ name }) => name)).toEqual(Object.keys(EXPECTED));
  });

  it.each(cases)(
    'can be carried out with $factor times the replicas, and say why a pod has no place: $name',
    ({ file, name, factor }) => {
      const input = inputOf(scaled(file, factor));
      const expected = EXPECTED[name];
      expect(input.pods).toHaveLength((expected?.pods ?? 0) * factor);
      // It throws when the independent check of the packing finds a violation.
      const plan = planProvisioning(input);
      expect(planProblems(input, plan)).toEqual([]);
      const replicas = new Map<string, number>();
      for (const { owner } of input.pods) {
        if (owner !== undefined) replicas.set(owner.name, (replicas.get(owner.name) ?? 0) + 1);
      }
      const unplaced = unplacedOf(plan);
      expect(Object.keys(unplaced)).toEqual(Object.keys(expected?.unplaced ?? {}));
      for (const [workload, reason] of Object.entries(expected?.unplaced ?? {})) {
        expect(unplaced[workload]).toEqual({
          count: replicas.get(workload),
          why: expect.stringMatching(reason),
        });
      }
    },
  );
});
