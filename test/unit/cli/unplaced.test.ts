import { describe, expect, it } from 'vitest';
import { unplacedFindings } from '../../../cli/unplaced.ts';
import type { ProvisioningPlan } from '../../../lib/planning/types.ts';
import { aPod } from '../../support/builders.ts';
import { inlineFile } from '../../support/documents.ts';
import { aReport } from '../../support/reports.ts';

const SPEC = { nodeSelector: { a: 'b' }, volumes: [], affinity: {}, containers: [{}] };

/** Where the finding for one pod is, which has all of `spec` and these reasons. */
function fieldOf(reasons: readonly string[], spec: object = SPEC): string | undefined {
  const pod = aPod({ name: 'web' });
  const document = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec };
  const plan: ProvisioningPlan = {
    nodes: [],
    existing: [],
    unschedulable: [{ pod, reasons }],
    priceMicroUsdPerHour: 0,
    solver: aReport(),
    placedMore: 0,
    notes: [],
  };
  return unplacedFindings(plan, [inlineFile(JSON.stringify(document))])[0]?.path;
}

describe('the place in the input of a pod without a place', () => {
  it.each([
    ['persistentvolumeclaim "data" not found', 'spec.volumes'],
    ['NodePool a: 0 of 3 offerings match a In [b]', 'spec.nodeSelector'],
    ['NodePool a: pod affinity on a: no pod with app=x runs', 'spec.affinity'],
    ['NodePool a: no instance type has 1000 cpu; the most is 8', 'spec.containers'],
  ])('is the field that the reason is about: %s', (reason, path) => {
    expect(fieldOf([reason])).toBe(path);
  });

  it('is the containers where that field is not written', () => {
    expect(fieldOf(['persistentvolumeclaim "data" not found'], { containers: [{}] })).toBe('spec.containers');
  });

  it('does not follow what only some of the existing nodes refuse', () => {
    const existing = "existing nodes: 0 of 2 can take it: 2 didn't match its node affinity or selector";
    expect(fieldOf(['NodePool a: no instance type has 1000 cpu', existing])).toBe('spec.containers');
  });
});
