import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { KINDS } from '../../lib/adapters/kube/kinds.ts';
import { accessOf } from '../../lib/adapters/kube/kube-errors.ts';
import { GROUP } from '../../lib/rbac/groups.ts';
import { pathOf } from '../../lib/rbac/kube-object.ts';
import { RBAC_MANIFESTS } from '../../lib/rbac/manifests.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const named = (kind: string, name: string) =>
  RBAC_MANIFESTS.find((each) => each.kind === kind && each.metadata.name === name);
const may = (role: string, verb: string, resource: string): boolean => {
  const [plural = '', ...group] = resource.split('.');
  const rules = (named('ClusterRole', `dovetail-${role}`)?.['rules'] ?? []) as readonly Rule[];
  return rules.some(
    ({ apiGroups, resources, verbs }) =>
      apiGroups.includes(group.join('.')) && resources.includes(plural) && verbs.includes(verb),
  );
};
const mayDo = (role: string, method: string, path: string): boolean => {
  const { verb, resource } = accessOf(method, path);
  return may(role, verb, resource);
};

describe('RBAC', () => {
  it('is as the golden file has it', async () => {
    const text = RBAC_MANIFESTS.map((each) => stringify(each)).join('---\n');
    await expect(text).toMatchFileSnapshot('../golden/rbac/manifests.yaml');
  });

  it('lets the poller list and watch every kind it keeps', () => {
    const paths = Object.values(KINDS).map(({ path }) => path);
    const refused = paths.filter(
      (path) => !mayDo('poller', 'GET', path) || !mayDo('poller', 'GET', `${path}?watch=1`),
    );
    expect(refused).toEqual([]);
  });

  it.each([
    ['poller', 'GET', '/api/v1/namespaces/n/pods/p'],
    ['poller', 'PATCH', '/api/v1/namespaces/n/pods/p'],
    ['poller', 'PATCH', '/api/v1/nodes/n'],
    ['poller', 'POST', '/api/v1/namespaces/n/events'],
    ['drainer', 'GET', '/api/v1/nodes/n'],
    ['drainer', 'PATCH', '/api/v1/nodes/n'],
    ['drainer', 'DELETE', '/api/v1/nodes/n'],
    ['drainer', 'GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dn'],
    ['drainer', 'POST', '/api/v1/namespaces/n/pods/p/eviction'],
  ])('lets the %s %s %s', (role, method, path) => {
    expect(mayDo(role, method, path)).toBe(true);
  });

  it.each([
    ['poller', 'DELETE', '/api/v1/nodes/n'],
    ['poller', 'DELETE', '/api/v1/namespaces/n/pods/p'],
    ['poller', 'GET', '/api/v1/secrets'],
    ['drainer', 'PATCH', '/api/v1/namespaces/n/pods/p'],
    ['drainer', 'DELETE', '/api/v1/namespaces/n/pods/p'],
    ['drainer', 'GET', '/api/v1/configmaps'],
  ])('does not let the %s %s %s', (role, method, path) => {
    expect(mayDo(role, method, path)).toBe(false);
  });

  it('binds each role to its own group, and names nothing by a wildcard', () => {
    for (const [name, group] of Object.entries(GROUP)) {
      expect(named('ClusterRoleBinding', `dovetail-${name}`)).toMatchObject({
        roleRef: { kind: 'ClusterRole', name: `dovetail-${name}` },
        subjects: [{ kind: 'Group', name: group }],
      });
    }
    const roles = RBAC_MANIFESTS.filter(({ kind }) => kind === 'ClusterRole');
    expect(JSON.stringify(roles)).not.toContain('"*"');
  });

  it('gives groups names that EKS takes', () => {
    // https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAccessEntry.html
    const reserved = /^(system:|eks:|aws:|amazon:|iam:)/;
    expect(Object.values(GROUP).filter((group) => reserved.test(group))).toEqual([]);
  });

  it('fences whoever may patch pods, before the right to do so is there', () => {
    const kinds = RBAC_MANIFESTS.map(({ kind }) => kind);
    expect(kinds.indexOf('ValidatingAdmissionPolicyBinding')).toBeLessThan(kinds.indexOf('ClusterRole'));
    expect(named('ValidatingAdmissionPolicy', 'dovetail-pods')).toMatchObject({
      spec: {
        failurePolicy: 'Fail',
        matchConditions: [{ expression: `"${GROUP.poller}" in request.userInfo.groups` }],
      },
    });
    expect(may('drainer', 'patch', 'pods')).toBe(false);
  });

  it('knows where each object stands in the API', () => {
    expect(RBAC_MANIFESTS.map(pathOf)).toEqual([
      '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/dovetail-pods',
      '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/dovetail-pods',
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/dovetail-poller',
      '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/dovetail-poller',
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/dovetail-drainer',
      '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/dovetail-drainer',
      '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas/dovetail',
    ]);
  });
});
