import { describe, expect, it } from 'vitest';
import type { PodSpec } from '../../../lib/model/pod.ts';
import { deploymentText, loadText } from '../../support/documents.ts';

function specOf(podSpec: object, more = ''): PodSpec {
  const { documents, errors } = loadText(`${deploymentText(podSpec)}\n${more}`);
  expect(errors).toEqual([]);
  const [workload] = documents.workloads;
  if (workload === undefined) throw new Error('no Deployment was read');
  return workload.template.spec;
}

const problems = (podSpec: object): readonly string[] => loadText(deploymentText(podSpec)).errors;

describe('pod specifications', () => {
  it('get the defaults of Kubernetes', () => {
    expect(specOf({})).toEqual({
      requests: { pods: 1 },
      nodeSelector: {},
      affinity: {
        nodeRequired: [],
        nodePreferred: [],
        podRequired: [],
        podPreferred: [],
        podAntiRequired: [],
        podAntiPreferred: [],
      },
      tolerations: [],
      topologySpread: [],
      hostPorts: [],
      volumeClaims: [],
      resourceClaims: [],
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      schedulerName: 'default-scheduler',
      schedulingGates: [],
      terminationGracePeriodSeconds: 30,
    });
  });

  it('read affinity of every kind', () => {
    const rack = { key: 'rack', operator: 'In', values: ['a'] };
    const byName = { key: 'metadata.name', operator: 'In', values: ['node-a'] };
    const term = {
      topologyKey: 'zone',
      labelSelector: { matchLabels: { app: 'web' } },
      namespaceSelector: {},
    };
    const { affinity } = specOf({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [rack] }, { matchFields: [byName] }],
          },
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 5, preference: { matchExpressions: [rack] } },
          ],
        },
        podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] },
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }],
        },
      },
    });
    const podTerm = {
      topologyKey: 'zone',
      labelSelector: { matchLabels: { app: 'web' }, matchExpressions: [] },
      namespaces: [],
      namespaceSelector: { matchLabels: {}, matchExpressions: [] },
      matchLabelKeys: [],
      mismatchLabelKeys: [],
    };
    expect(affinity).toEqual({
      nodeRequired: [
        { matchExpressions: [rack], matchFields: [] },
        { matchExpressions: [], matchFields: [byName] },
      ],
      nodePreferred: [{ weight: 5, preference: { matchExpressions: [rack], matchFields: [] } }],
      podRequired: [podTerm],
      podPreferred: [],
      podAntiRequired: [],
      podAntiPreferred: [{ weight: 100, term: podTerm }],
    });
  });

  it('read topology spread with its policies', () => {
    const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', minDomains: 2 };
    expect(specOf({ topologySpreadConstraints: [spread] }).topologySpread).toEqual([
      { ...spread, matchLabelKeys: [], nodeAffinityPolicy: 'Honor', nodeTaintsPolicy: 'Ignore' },
    ]);
  });

  it('read tolerations, where no effect means every effect', () => {
    const { tolerations } = specOf({
      tolerations: [
        { operator: 'Exists' },
        { key: 'a', value: 'b', effect: 'NoExecute', tolerationSeconds: 3 },
      ],
    });
    expect(tolerations).toEqual([
      { operator: 'Exists' },
      { key: 'a', operator: 'Equal', value: 'b', effect: 'NoExecute', tolerationSeconds: 3 },
    ]);
  });

  it('take host ports of containers and sidecars, and every port with hostNetwork', () => {
    const containers = [{ ports: [{ containerPort: 80, hostPort: 8080 }, { containerPort: 90 }] }];
    const initContainers = [
      {
        restartPolicy: 'Always',
        ports: [{ containerPort: 53, hostPort: 53, protocol: 'UDP', hostIP: '10.0.0.1' }],
      },
      { ports: [{ containerPort: 1, hostPort: 1 }] },
    ];
    expect(specOf({ containers, initContainers }).hostPorts).toEqual([
      { port: 53, protocol: 'UDP', hostIp: '10.0.0.1' },
      { port: 8080, protocol: 'TCP', hostIp: '0.0.0.0' },
    ]);
    expect(specOf({ containers, hostNetwork: true }).hostPorts.map(({ port }) => port)).toEqual([8080, 90]);
  });

  it('name claims of devices and the gates that hold them back', () => {
    const spec = specOf({
      resourceClaims: [
        { name: 'gpu', resourceClaimName: 'shared-gpu' },
        { name: 'nic', resourceClaimTemplateName: 't' },
      ],
      schedulingGates: [{ name: 'example.org/wait' }],
    });
    expect(spec).toMatchObject({
      resourceClaims: ['shared-gpu', 'nic'],
      schedulingGates: ['example.org/wait'],
    });
  });

  it('ignore fields that do not decide a place, and null fields', () => {
    expect(() =>
      specOf({ dnsPolicy: 'None', containers: [{ livenessProbe: {}, resources: null }] }),
    ).not.toThrow();
  });
});

describe('requests in documents', () => {
  const asks = (requests: object, limits: object = {}) => ({ resources: { requests, limits } });

  it('count init containers, sidecars and overhead as Kubernetes does', () => {
    const spec = specOf({
      initContainers: [
        asks({ cpu: '2' }),
        { restartPolicy: 'Always', ...asks({ cpu: '500m' }) },
        asks({ cpu: '1800m' }),
      ],
      containers: [asks({ cpu: 1 }), asks({}, { cpu: '250m' })],
      overhead: { cpu: '100m', memory: '120Mi' },
    });
    // The last init container and the sidecar ask for more than the containers and the sidecar.
    expect(spec.requests).toEqual({ cpu: 2400, memory: 120 * 1024 ** 2, pods: 1 });
  });

  it('are those of the pod as a whole where it states them', () => {
    const containers = [asks({ cpu: '1', 'ephemeral-storage': '1Gi' }), asks({ memory: '1Gi' })];
    const resources = { requests: { cpu: '3' }, limits: { cpu: '4', memory: '8Gi' } };
    expect(specOf({ containers, resources }).requests).toEqual({
      cpu: 3000,
      memory: 1024 ** 3,
      'ephemeral-storage': 1024 ** 3,
      pods: 1,
    });
  });

  it.each([
    [
      { containers: [asks({ cpu: '1500m' })], resources: { requests: { cpu: '1' } } },
      "the pod's request of 1 is less than the 1500m of its containers",
    ],
    [
      { resources: { requests: { 'nvidia.com/gpu': 1 } } },
      'a pod cannot ask for "nvidia.com/gpu" as a whole',
    ],
    [{ containers: [asks({ memroy: '1Gi' })] }, 'unknown resource "memroy": want cpu, memory'],
    [{ containers: [asks({}, { gpu: 1 })] }, 'or a name with a domain such as nvidia.com/gpu'],
  ])('are refused where the API server refuses them: %j', (podSpec, message) => {
    expect(problems(podSpec)).toEqual([expect.stringContaining(message)]);
  });
});

describe('priorities', () => {
  const priorityClass = (name: string, members: object): string =>
    `---\n${JSON.stringify({ apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, ...members })}`;

  it('come from the classes of every cluster', () => {
    expect(specOf({ priorityClassName: 'system-cluster-critical' }).priority).toBe(2_000_000_000);
    expect(specOf({ priorityClassName: 'system-node-critical' }).priority).toBe(2_000_001_000);
  });

  it('come from PriorityClass documents, wherever they stand', () => {
    const more = priorityClass('batch', { value: -10, preemptionPolicy: 'Never' });
    expect(specOf({ priorityClassName: 'batch' }, more)).toMatchObject({
      priority: -10,
      preemptionPolicy: 'Never',
    });
  });

  it('fall back to the global default', () => {
    expect(specOf({}, priorityClass('usual', { value: 50, globalDefault: true })).priority).toBe(50);
  });

  it('that a pod states itself win', () => {
    expect(specOf({ priorityClassName: 'system-node-critical', priority: 3 }).priority).toBe(3);
  });

  it('of an unknown class are zero, with a note', () => {
    expect(loadText(deploymentText({ priorityClassName: 'x' })).notes).toEqual([
      expect.stringContaining('PriorityClass "x" is not among the documents: priority 0 is used'),
    ]);
  });
});

const nodeTerms = (...nodeSelectorTerms: object[]) => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
});
const expression = (operator: string, ...values: string[]) =>
  nodeTerms({ matchExpressions: [{ key: 'a', operator, values }] });
const spreading = (...constraints: object[]) => ({
  topologySpreadConstraints: constraints.map((constraint) => ({
    maxSkew: 1,
    topologyKey: 'zone',
    whenUnsatisfiable: 'DoNotSchedule',
    ...constraint,
  })),
});
const near = (term: object) => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
});
const preferring = (weight: number) => ({
  affinity: {
    nodeAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight, preference: { matchExpressions: [] } }],
    },
  },
});

describe('pod specification rules', () => {
  it.each([
    [{ containers: [{ resources: { requests: { memory: '10GB' } } }] }, 'did you mean "10G"'],
    [{ containers: [{ resources: { requests: { 'nvidia.com/gpu': 0.5 } } }] }, 'must be a whole number'],
    [{ containers: [{ resources: { requests: [] } }] }, 'want an object, found []'],
    [{ tolerations: [{ operator: 'Exist' }] }, 'unknown value "Exist"'],
    [{ tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] }, 'operator Exists takes no value'],
    [{ tolerations: [{ value: 'b' }] }, 'an empty key needs operator Exists'],
    [{ nodeSelector: { disk: true } }, 'want a text, found true: write "true" in quotes'],
    [{ nodeSelector: { 'disk type': 'ssd' } }, 'invalid label key "disk type"'],
    [{ nodeSelector: { disk: '-ssd' } }, 'invalid label value "-ssd"'],
    [
      { tolerations: [{ key: 'a', operator: 'Gt', value: '5' }] },
      'operator Gt (alpha in Kubernetes 1.35) is',
    ],
    [{ tolerations: [{ key: 'a', tolerationSeconds: 5 }] }, 'tolerationSeconds needs effect NoExecute'],
    [{ tolerations: [{ key: 'a b' }] }, 'invalid label key "a b"'],
    [{ tolerations: [{ key: 'a', value: 'b c' }] }, 'invalid label value "b c"'],
    [spreading({ maxSkew: 0 }), 'at least 1'],
    [spreading({ topologyKey: '' }), 'invalid label key ""'],
    [spreading({ minDomains: 2, whenUnsatisfiable: 'ScheduleAnyway' }), 'minDomains needs whenUnsatisfiable'],
    [spreading({}, { maxSkew: 2 }), 'duplicate constraint on zone, DoNotSchedule'],
    [spreading({ matchLabelKeys: ['rev'] }), 'matchLabelKeys needs a labelSelector'],
    [near({ topologyKey: 'zone', mismatchLabelKeys: ['rev'] }), 'mismatchLabelKeys needs a labelSelector'],
    [near({ topologyKey: 'my zone' }), 'invalid label key "my zone"'],
    [preferring(0), 'at least 1'],
    [preferring(101), 'at most 100'],
    [nodeTerms(), 'want at least 1 entry'],
    [nodeTerms({ matchFields: [{ key: 'spec.x', operator: 'In', values: ['a'] }] }), 'want metadata.name'],
    [expression('In'), 'operator In needs at least one value'],
    [expression('NotIn', 'a b'), 'invalid label value "a b"'],
    [expression('Exists', 'b'), 'operator Exists takes no values'],
    [
      expression('Gt', 'many'),
      'operator Gt needs exactly one non-negative whole number in quotes, found ["many"]',
    ],
    [expression('Lt', '-1'), 'operator Lt needs exactly one non-negative whole number'],
    [expression('Gte', '4'), 'operator Gte is for NodePools only: write Gt'],
    [expression('Inn', '4'), 'unknown value "Inn": want one of In, NotIn'],
  ])('refuse %j', (podSpec, message) => {
    expect(problems(podSpec)).toEqual([expect.stringContaining(message)]);
  });

  it('allow the selectors that the API server has already narrowed by matchLabelKeys', () => {
    const labelSelector = { matchExpressions: [{ key: 'rev', operator: 'In', values: ['2'] }] };
    expect(problems(spreading({ labelSelector, matchLabelKeys: ['rev'] }))).toEqual([]);
  });

  it('allow two constraints on one key with different consequences', () => {
    expect(problems(spreading({}, { whenUnsatisfiable: 'ScheduleAnyway' }))).toEqual([]);
  });
});
