import { describe, expect, it } from 'vitest';
import { deploymentText, fixtureFile, load, loadText } from '../../support/documents.ts';

const template = { spec: { containers: [{}] } };

const workloadText = (kind: string, spec: object, apiVersion = 'apps/v1'): string =>
  JSON.stringify({ apiVersion, kind, metadata: { name: 'w' }, spec: { template, ...spec } });

const refused = (text: string, written: string, meant: string, path: string): void => {
  expect(loadText(text).errors).toEqual([expect.stringMatching(/^in\.yaml:1:\d+: /)]);
  expect(loadText(text).errors[0]).toContain(
    `: unknown field "${written}"; did you mean "${meant}"? (${path}${path === '' ? '' : '.'}${written})`,
  );
};

describe('a misspelt field', () => {
  it('is an error at its key, however many there are and whatever else is wrong', () => {
    expect(load([fixtureFile('misspelt.yaml')]).errors).toEqual([
      'misspelt.yaml:5:3: unknown field "namespce"; did you mean "namespace"? (metadata.namespce)',
      'misspelt.yaml:7:3: unknown field "replica"; did you mean "replicas"? (spec.replica)',
      'misspelt.yaml:10:12: the selector wants label "app" to be "web", the template has "wbe": make them equal (spec.selector.matchLabels.app)',
      'misspelt.yaml:14:7: unknown field "label"; did you mean "labels"? (spec.template.metadata.label)',
      'misspelt.yaml:17:7: unknown field "nodeSelectr"; did you mean "nodeSelector"? (spec.template.spec.nodeSelectr)',
      'misspelt.yaml:19:7: unknown field "toleratons"; did you mean "tolerations"? (spec.template.spec.toleratons)',
      'misspelt.yaml:22:11: unknown field "nodeAfinity"; did you mean "nodeAffinity"? (spec.template.spec.affinity.nodeAfinity)',
      'misspelt.yaml:25:11: unknown field "resource"; did you mean "resources"? (spec.template.spec.containers[0].resource)',
      'misspelt.yaml:29:13: unknown field "request"; did you mean "requests"? (spec.template.spec.containers[1].resources.request)',
      'misspelt.yaml:31:20: the request of 2 is larger than the limit of 500m: lower the request or raise the limit (spec.template.spec.containers[1].resources.requests.cpu)',
      'misspelt.yaml:32:23: invalid quantity "1x": want a number such as 0.5, 250m or 2Gi (suffix n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi or Ei, or an exponent such as 1e3) (spec.template.spec.containers[1].resources.requests.memory)',
    ]);
  });

  it.each([
    ['Deployment', 'replica', 'replicas'],
    ['StatefulSet', 'volumeClaimTemplate', 'volumeClaimTemplates'],
    ['ReplicaSet', 'Replicas', 'replicas'],
    ['DaemonSet', 'selectr', 'selector'],
  ])('of a %s specification is an error: %s', (kind, written, meant) => {
    refused(workloadText(kind, { [written]: 3 }), written, meant, 'spec');
  });

  it('of a Job specification is an error', () => {
    refused(workloadText('Job', { paralelism: 3 }, 'batch/v1'), 'paralelism', 'parallelism', 'spec');
  });

  it('of a Pod is an error', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{}], nodeNme: 'n' },
    };
    refused(JSON.stringify(pod), 'nodeNme', 'nodeName', 'spec');
  });

  const rack = { matchExpressions: [{ key: 'rack', operator: 'Exists', value: ['a'] }] };
  const spread = { maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule' };
  it.each([
    [{ topologySpreadConstraint: [] }, 'topologySpreadConstraint', 'topologySpreadConstraints', ''],
    [
      { topologySpreadConstraints: [{ ...spread, minDomain: 2 }] },
      'minDomain',
      'minDomains',
      '.topologySpreadConstraints[0]',
    ],
    [{ tolerations: [{ operator: 'Exists', efect: 'NoSchedule' }] }, 'efect', 'effect', '.tolerations[0]'],
    [{ initContainers: [{ restartPolic: 'Always' }] }, 'restartPolic', 'restartPolicy', '.initContainers[0]'],
    [
      {
        affinity: {
          nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [rack] } },
        },
      },
      'value',
      'values',
      '.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0]',
    ],
    [
      { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecuton: [] } } },
      'requiredDuringSchedulingIgnoredDuringExecuton',
      'requiredDuringSchedulingIgnoredDuringExecution',
      '.affinity.podAntiAffinity',
    ],
  ])('of a pod specification is an error: %j', (podSpec, written, meant, under) => {
    refused(deploymentText(podSpec), written, meant, `spec.template.spec${under}`);
  });
});

describe('a field that planning does not read', () => {
  it.each([
    {
      restartPolicy: 'Always',
      os: { name: 'linux' },
      hostname: 'a',
      schedulingGroup: {},
      serviceAccount: 's',
    },
    {
      volumes: [
        { name: 'v', configMap: { name: 'c' } },
        { name: 'w', projected: {} },
      ],
    },
    {
      containers: [{ name: 'a', restartPolicy: 'Never', env: [], resources: { claims: [{ name: 'gpu' }] } }],
    },
    { containers: [{ ports: [{ containerPort: 80, name: 'http' }] }] },
  ])('is no error where Kubernetes has it: %j', (podSpec) => {
    expect(loadText(deploymentText(podSpec)).errors).toEqual([]);
  });

  it('is no error where nothing is like it, and does not reach the plan', () => {
    const errands = { fromTheFuture: { cpu: 3 } };
    const plain = loadText(deploymentText({}));
    const { documents, errors } = loadText(
      deploymentText({ ...errands, affinity: errands, containers: [errands] }),
    );
    expect(errors).toEqual([]);
    expect(documents).toEqual(plain.documents);
  });

  it('is kept out of tolerations, which the plan holds as they are read', () => {
    const { documents, errors } = loadText(
      deploymentText({ tolerations: [{ operator: 'Exists', invented: 1 }] }),
    );
    expect(errors).toEqual([]);
    expect(documents.workloads[0]?.template.spec.tolerations).toEqual([{ operator: 'Exists' }]);
  });

  it('is no error in what kubectl shows of a cluster', () => {
    expect(load([fixtureFile('live-objects.yaml')]).errors).toEqual([]);
  });
});

describe('a misspelt field of what a cluster has beside workloads', () => {
  it.each([
    [
      'v1',
      'PersistentVolumeClaim',
      { spec: { storageClasName: 'gp3' } },
      'spec.storageClasName',
      'storageClassName',
    ],
    ['v1', 'PersistentVolume', { spec: { nodeAfinity: {} } }, 'spec.nodeAfinity', 'nodeAffinity'],
    ['v1', 'Node', { spec: { taint: [] } }, 'spec.taint', 'taints'],
    [
      'storage.k8s.io/v1',
      'StorageClass',
      { provisioner: 'ebs.csi.aws.com', volumeBindingmode: 'Immediate' },
      'volumeBindingmode',
      'volumeBindingMode',
    ],
    [
      'scheduling.k8s.io/v1',
      'PriorityClass',
      { value: 1, premptionPolicy: 'Never' },
      'premptionPolicy',
      'preemptionPolicy',
    ],
  ])('is an error: %s %s %j', (apiVersion, kind, fields, path, meant) => {
    const { errors } = loadText(JSON.stringify({ apiVersion, kind, metadata: { name: 'a' }, ...fields }));
    const written = path.split('.').at(-1);
    expect(errors).toEqual([
      expect.stringMatching(
        `: unknown field "${written}"; did you mean "${meant}"\\? \\(${path.replaceAll('.', '\\.')}\\)$`,
      ),
    ]);
  });
});
