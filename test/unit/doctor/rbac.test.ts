import { describe, expect, it } from 'vitest';
import { rbacChecks } from '../../../lib/doctor/checks/rbac.ts';
import { differences } from '../../../lib/doctor/manifest-differences.ts';
import { known, type Reading } from '../../../lib/doctor/reading.ts';
import { type KubeObject, pathOf } from '../../../lib/rbac/kube-object.ts';
import { RBAC_MANIFESTS } from '../../../lib/rbac/manifests.ts';
import { anError, theFacts } from '../../support/doctor-facts.ts';

interface Role extends KubeObject {
  readonly rules: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
}
const poller = RBAC_MANIFESTS.find(({ metadata }) => metadata.name === 'dovetail-poller') as Role;

function checksWith(object: KubeObject, reading: Reading<unknown>) {
  const facts = theFacts();
  const objects = new Map([...facts.objects, [pathOf(object), reading]]);
  return rbacChecks({ ...facts, objects }).filter(({ state }) => state !== 'ok');
}

describe('rights in the cluster', () => {
  it('are told one by one where the role lacks them', () => {
    const rules = poller.rules.map((rule) => ({
      ...rule,
      verbs: rule.verbs.filter((verb) => verb !== 'watch'),
    }));
    const [check, ...others] = checksWith(poller, known({ ...poller, rules }));
    expect(others).toEqual([]);
    expect(check).toMatchObject({
      state: 'failed',
      name: 'ClusterRole dovetail-poller',
      code: 'RbacIncomplete',
    });
    expect(check?.message).toContain('lacks watch pods; lacks watch nodes');
    expect(check?.message).toContain('lacks watch daemonsets.apps');
    expect(check?.message).toContain('npx dovetail rbac | kubectl apply -f -');
  });

  it('are there when a wider role gives them', () => {
    const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
    expect(checksWith(poller, known({ ...poller, rules }))).toEqual([]);
  });

  it('are missing with the object', () => {
    for (const manifest of RBAC_MANIFESTS) {
      expect(checksWith(manifest, known(undefined))).toMatchObject([
        { state: 'failed', message: expect.stringContaining('is not in the cluster') },
      ]);
    }
  });

  it('that one may not look at are a warning', () => {
    expect(checksWith(poller, anError('Forbidden'))).toMatchObject([{ state: 'warning', code: 'Forbidden' }]);
  });

  it('of a binding to somebody else are told', () => {
    const binding = RBAC_MANIFESTS.find(({ kind }) => kind === 'ClusterRoleBinding') as KubeObject;
    const [check] = checksWith(binding, known({ ...binding, subjects: [{ kind: 'Group', name: 'others' }] }));
    expect(check?.message).toContain('subjects[0].name is "others", want "dovetail:poller"');
  });
});

describe('the fence around pods', () => {
  it('that lets everything pass has a code of its own', () => {
    const [policy] = RBAC_MANIFESTS;
    if (policy === undefined) throw new Error('there is no fence');
    const open = { ...policy, spec: { ...(policy['spec'] as object), validations: [] } };
    expect(checksWith(policy, known(open))).toMatchObject([{ code: 'PodFenceUnfit' }]);
  });
});

describe('differences', () => {
  it('leave out what the API server fills in', () => {
    expect(differences({ a: [{ b: 1 }] }, { a: [{ b: 1, filledIn: true }], uid: 'x' })).toEqual([]);
  });

  it('say where, what is there and what belongs there', () => {
    expect(differences({ a: { b: [1, 2] } }, { a: { b: [1] } })).toEqual(['a.b is [1], want [1,2]']);
    expect(differences({ a: { b: 1 } }, undefined)).toEqual(['a.b is absent, want 1']);
  });
});
