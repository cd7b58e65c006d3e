import { describe, expect, it } from 'vitest';
import { EmbeddedCatalog, offlineNodeClass } from '../../../lib/adapters/memory/embedded-catalog.ts';
import { type JoiningInput, type JoiningNode, joiningNode } from '../../../lib/local/joining-node.ts';
import { LABEL, TAINT } from '../../../lib/model/labels.ts';
import type { InstanceType } from '../../../lib/model/offering.ts';
import { amountOf } from '../../../lib/model/quantity.ts';
import { aNodePool } from '../../support/builders.ts';
import { aCluster, aNodeClass, anImage, theTemplate } from '../../support/launch-templates.ts';
import { START_MS } from '../../support/memory-clock.ts';

const catalog = new EmbeddedCatalog('us-west-2');
const INSTANCE = {
  instanceId: 'i-0123456789abcdef0',
  zone: 'us-west-2a',
  zoneId: 'usw2-az1',
  region: 'us-west-2',
  privateIpAddress: '10.0.1.7',
};

function typeNamed(name: string) {
  const type = catalog.types.find((one) => one.name === name);
  if (type === undefined) throw new Error(`no type ${name}`);
  return type;
}

const joining = (overrides: Partial<JoiningInput> = {}) =>
  joiningNode({
    instance: INSTANCE,
    type: typeNamed('m7i.large'),
    blockDevices: [],
    kubernetesVersion: '1.35',
    devices: false,
    nowMs: START_MS,
    ...overrides,
  });

function joined(overrides: Partial<JoiningInput>) {
  const result = joining(overrides);
  if (!result.joins) throw new Error(result.why);
  return result.node;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** What the catalogue says of the type, and what its kubelet says after the template that plans would launch it with. */
async function predictedAndJoined(typeName: string, nodeClassLines: string, devices = false) {
  const type = typeNamed(typeName);
  const nodeClass = aNodeClass(nodeClassLines);
  const types = await catalog.instanceTypes(nodeClass, offlineNodeClass(nodeClass, catalog.market));
  const predicted = types.find(({ name }) => name === typeName);
  if (predicted === undefined) throw new Error(`${typeName} is not sold`);
  const arch = type.arch === 'arm64' ? 'arm64' : 'amd64';
  const { spec } = theTemplate({ nodeClass, types: [predicted], images: [anImage({ arch })] });
  const node = joined({
    type,
    devices,
    blockDevices: spec.blockDeviceMappings.flatMap(({ deviceName, volumeSizeGib }) =>
      volumeSizeGib === undefined ? [] : [{ deviceName, sizeGib: volumeSizeGib }],
    ),
    ...(spec.userData && { userDataBase64: spec.userData.base64 }),
  });
  return { predicted, node };
}

const amounts = (texts: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const result = amountOf(name, text);
      return [name, result.ok ? result.amount : Number.NaN];
    }),
  );

/** A kubelet keeps a share in single precision, which is bytes more or less than the exact one. */
const SINGLE_PRECISION_BYTES = 16_384;

const differenceBytes = (name: string, predicted: InstanceType, { status }: JoiningNode): number =>
  Math.abs((predicted.allocatable[name] ?? 0) - (amounts(status.allocatable)[name] ?? 0));

const BOTTLEROCKET = 'amiFamily: Bottlerocket\namiSelectorTerms: [{ alias: bottlerocket@latest }]';
const RESERVED = `kubelet:
  maxPods: 20
  kubeReserved: { cpu: 200m, memory: 500Mi }
  systemReserved: { cpu: 100m, memory: 100Mi, ephemeral-storage: 1Gi }
  evictionHard: { memory.available: 500Mi, nodefs.available: 2Gi }`;

describe('a node that joins', () => {
  it.each([
    ['m7i.large', ''],
    ['t3.micro', ''],
    ['c7g.4xlarge', ''],
    ['m5.24xlarge', ''],
    ['g5.12xlarge', ''],
    ['r7i.2xlarge', RESERVED],
    ['m7i.large', 'kubelet: { podsPerCore: 3 }'],
    ['m7i.large', 'kubelet: { maxPods: 110 }'],
    ['m7gd.2xlarge', 'instanceStorePolicy: RAID0'],
    ['m7i.large', BOTTLEROCKET],
    ['c7g.xlarge', `${BOTTLEROCKET}\n${RESERVED}`],
    ['m7gd.2xlarge', `${BOTTLEROCKET}\ninstanceStorePolicy: RAID0`],
  ])('has the allocatable that the catalogue predicted: %s, %s', async (typeName, lines) => {
    const { predicted, node } = await predictedAndJoined(typeName, lines);
    const [capacity, allocatable] = [amounts(node.status.capacity), amounts(node.status.allocatable)];
    for (const name of ['cpu', 'memory', 'pods']) {
      expect({ name, amount: allocatable[name] }).toEqual({ name, amount: predicted.allocatable[name] });
      expect({ name, amount: capacity[name] }).toEqual({ name, amount: predicted.capacity[name] });
    }
    expect(differenceBytes('ephemeral-storage', predicted, node)).toBeLessThan(SINGLE_PRECISION_BYTES);
  });

  it('keeps a share of its memory free to within bytes of the prediction', async () => {
    const { predicted, node } = await predictedAndJoined(
      'm7i.large',
      'kubelet: { evictionHard: { memory.available: 5% } }',
    );
    expect(differenceBytes('memory', predicted, node)).toBeLessThan(SINGLE_PRECISION_BYTES);
  });

  it('names GPUs once its device plugin runs', async () => {
    const before = await predictedAndJoined('g5.12xlarge', '');
    expect(before.node.status.allocatable).not.toHaveProperty('nvidia.com/gpu');
    const after = await predictedAndJoined('g5.12xlarge', '', true);
    expect(after.node.status.allocatable['nvidia.com/gpu']).toBe('4');
    expect(after.predicted.allocatable['nvidia.com/gpu']).toBe(4);
  });

  it('carries the labels and taints that its user data tells', () => {
    const nodePool = aNodePool({
      name: 'batch',
      template: {
        nodeClass: 'gpu',
        labels: { team: 'data' },
        taints: [{ key: 'dedicated', value: 'batch', effect: 'NoExecute' }],
        startupTaints: [{ key: 'agent-not-ready', effect: 'NoSchedule' }],
      },
    });
    for (const lines of ['', BOTTLEROCKET]) {
      const { spec } = theTemplate({ nodePool, nodeClass: aNodeClass(lines) });
      const { metadata, spec: node } = joined({ userDataBase64: spec.userData?.base64 ?? '' });
      expect(metadata.labels).toMatchObject({
        team: 'data',
        [LABEL.nodePool]: 'batch',
        [LABEL.nodeClass]: 'gpu',
        [LABEL.instanceType]: 'm7i.large',
        [LABEL.zone]: 'us-west-2a',
        [LABEL.hostname]: 'ip-10-0-1-7.us-west-2.compute.internal',
      });
      expect(node).toEqual({
        providerID: 'aws:///us-west-2a/i-0123456789abcdef0',
        taints: [
          { key: TAINT.starting, effect: 'NoSchedule' },
          { key: 'dedicated', value: 'batch', effect: 'NoExecute' },
          { key: 'agent-not-ready', effect: 'NoSchedule' },
        ],
      });
    }
  });

  it('is not ready yet', () => {
    const { spec } = theTemplate();
    const { conditions } = joined({ userDataBase64: spec.userData?.base64 ?? '' }).status;
    expect(conditions.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'False' });
  });

  it('reads an archive in its order, where flags add up and the last setting counts', () => {
    const part = (spec: string) =>
      `--b\nContent-Type: application/node.eks.aws\n\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  kubelet:\n${spec}\n`;
    const text = [
      'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n',
      part('    config: { maxPods: 10, kubeReserved: { cpu: 300m } }\n    flags: [--node-labels=a=1]'),
      '--b\nContent-Type: text/x-shellscript\n\n#!/bin/bash\necho kind: NodeConfig\n',
      part('    config: { maxPods: 20 }\n    flags: ["--node-labels=b=2,c="]'),
      '--b--\n',
    ].join('');
    const { metadata, status } = joined({ userDataBase64: base64(text) });
    expect(metadata.labels).toMatchObject({ a: '1', b: '2', c: '' });
    expect(status.allocatable).toMatchObject({ pods: '20', cpu: '1700m' });
  });

  it('reads the arguments of bootstrap.sh', () => {
    const { spec } = theTemplate({
      cluster: aCluster({ version: '1.32' }),
      nodeClass: aNodeClass(`amiFamily: AL2\namiSelectorTerms: [{ alias: al2@latest }]\n${RESERVED}`),
    });
    const { metadata, spec: node, status } = joined({ userDataBase64: spec.userData?.base64 ?? '' });
    expect(metadata.labels).toMatchObject({ [LABEL.nodePool]: 'default' });
    expect(node.taints).toEqual([{ key: TAINT.starting, effect: 'NoSchedule' }]);
    expect(status.allocatable).toMatchObject({ pods: '20', cpu: '1700m' });
  });
});

describe('an instance that never joins', () => {
  it.each([
    ['has no user data', ''],
    ['runs a script that starts no kubelet', '#!/bin/bash\nhttpd\n'],
  ])('%s', (_, text) => {
    expect(joining({ userDataBase64: base64(text) })).toEqual({
      joins: false,
      why: 'its user data starts no kubelet',
    });
  });

  it('labels itself with what only the cluster may set', () => {
    const label = 'node-role.kubernetes.io/worker=true';
    const text = `apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: { kubelet: { flags: ["--node-labels=${label}"] } }\n`;
    expect(joining({ userDataBase64: base64(text) })).toMatchObject({
      joins: false,
      why: expect.stringContaining('node-role.kubernetes.io/worker'),
    });
  });
});
