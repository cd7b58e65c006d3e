import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../lib/model/labels.ts';
import { planProvisioning } from '../../../lib/planning/plan-provisioning.ts';
import { anAffinity, aPod, aProvisioningInput } from '../../support/builders.ts';

const term = (key: string, value: string) => ({
  matchFields: [],
  matchExpressions: [{ key, operator: 'In' as const, values: [value] }],
});

const nodePreferred = [{ weight: 1, preference: term(LABEL.zone, 'us-east-1b') }];

describe('the reasons of a pod with several required terms', () => {
  it('are each about its own term, also where a preference made the first term be tried again', () => {
    const nodeRequired = [term(LABEL.zone, 'us-east-1a'), term('team', 'red')];
    const reasonsWith = (preferred: typeof nodePreferred) =>
      planProvisioning(
        aProvisioningInput({
          pods: [
            aPod({
              cpuMillicores: 5000,
              spec: { affinity: anAffinity({ nodeRequired, nodePreferred: preferred }) },
            }),
          ],
        }),
      ).unschedulable[0]?.reasons;
    expect(reasonsWith([])?.[0]).toMatch(
      /required term 1 of 2: no instance type has 5 cpu.*term 2 of 2: .*team/,
    );
    expect(reasonsWith(nodePreferred)).toEqual(reasonsWith([]));
  });
});
