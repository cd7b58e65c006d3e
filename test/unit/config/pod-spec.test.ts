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
    const term = {
      topologyKey: 'zone',
      labelSelector: { matchLabels: { app: 'web' } },
      namespaceSelector: {},
    };
    const { affinity } = specOf({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [rack] }, { matchFields: [rack] }],
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
        { matchExpressions: [], matchFields: [rack] },
      ],
      nodePreferred: [{ weight: 5, preference: { matchExpressions: [rack], matchFields: [] } }],
      podRequired: [podTerm],
      podPreferred: [],
      podAntiRequired: [],
      podAntiPreferred: [{ weight: 100, term: podTerm }],
    });
  });

  it('read topology spread with its policies', () => {
    const spread = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', minDomains: 2 };
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

describe('pod specification rules', () => {
  it.each([
    [{ containers: [{ resources: { requests: { memory: '10GB' } } }] }, 'did you mean "10G"'],
    [{ containers: [{ resources: { requests: { 'nvidia.com/gpu': 0.5 } } }] }, 'must be a whole number'],
    [{ containers: [{ resources: { requests: [] } }] }, 'want an object, found []'],
    [{ tolerations: [{ operator: 'Exist' }] }, 'unknown value "Exist"'],
    [{ tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] }, 'operator Exists takes no value'],
    [{ tolerations: [{ value: 'b' }] }, 'an empty key needs operator Exists'],
    [{ nodeSelector: { disk: true } }, 'want a text, found true: write "true" in quotes'],
    [
      { topologySpreadConstraints: [{ maxSkew: 0, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' }] },
      'at least 1',
    ],
    [
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In' }] }],
            },
          },
        },
      },
      'operator In needs at least one value',
    ],
  ])('refuse %j', (podSpec, message) => {
    expect(problems(podSpec)).toEqual([expect.stringContaining(message)]);
  });
});
