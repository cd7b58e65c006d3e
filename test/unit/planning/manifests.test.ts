import { describe, expect, it } from 'vitest';
import { DEFAULT_NODE_POOL } from '../../../lib/config/defaults.ts';
import { expandWorkloads } from '../../../lib/config/expand.ts';
import { loadDocuments } from '../../../lib/config/load.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import { isProvisionable } from '../../../lib/planning/provisionable.ts';
import { aProvisioningInput } from '../../support/builders.ts';
import { planProblems } from '../../support/object-checker.ts';
import { hasSharedData, sharedInstanceTypes, sharedManifests } from '../../support/shared-data.ts';

/** Pods that the default NodePool cannot serve, with the requirement that says so. */
const MISSING: Readonly<Record<string, readonly (readonly [string, RegExp])[]>> = {
  'karpenter-examples.yaml': [['arm64-0', /0 of 2 049 offerings match kubernetes.io\/arch In \[arm64\]$/]],
  'kops-aws-addons.yaml': [
    'cert-manager-0',
    'cert-manager-cainjector-0',
    'cert-manager-webhook-0',
    'cluster-autoscaler-0',
    'dns-controller-0',
  ].map((name) => [
    name,
    /node-role.kubernetes.io\/master Exists \(the NodePool does not declare this label\)$/,
  ]),
};

const files = hasSharedData ? sharedManifests() : [];

describe.skipIf(!hasSharedData)('plans for manifests of real projects', () => {
  it.each(files)('can be carried out, and say why a pod has no place: $name', (file) => {
    const { documents } = loadDocuments([file], { requireNodeClasses: false });
    const nodePools = documents.nodePools.length > 0 ? documents.nodePools : [DEFAULT_NODE_POOL];
    const pods = [...documents.pods, ...expandWorkloads(documents.workloads, documents.pods)];
    const types = sharedInstanceTypes();
    const input = aProvisioningInput({
      pods: pods.filter(isProvisionable),
      cluster: documents.cluster,
      nodePools,
      instanceTypes: Object.fromEntries(nodePools.map(({ name }) => [name, types])),
    });
    const plan = planProvisioning(input);
    expect(planProblems(input, plan)).toEqual([]);
    const missing = MISSING[file.name] ?? [];
    expect(plan.unschedulable.map(({ pod }) => pod.name)).toEqual(missing.map(([name]) => name));
    for (const [index, [, reason]] of missing.entries()) {
      expect(plan.unschedulable[index]?.reasons).toEqual([expect.stringMatching(reason)]);
    }
    expect(plan.nodes.length).toBeGreaterThan(0);
  });
});
