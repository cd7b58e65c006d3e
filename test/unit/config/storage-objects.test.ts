import { describe, expect, it } from 'vitest';
import { volumePlaces } from '../../../lib/constraints/volumes.ts';
import type { Requirement } from '../../../lib/model/requirement.ts';
import { aPod } from '../../support/builders.ts';
import { inlineFile, load } from '../../support/documents.ts';

const clusterOf = (...objects: object[]) => {
  const { documents, errors } = load(
    objects.map((object, index) => inlineFile(JSON.stringify(object), `${index}.json`)),
  );
  expect(errors).toEqual([]);
  return documents.cluster;
};

const claim = (spec: object, metadata: object = {}, status: object = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', ...metadata },
  spec,
  status,
});
const volume = (spec: object, labels: object = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'pv-1', labels },
  spec,
});
const storageClass = (name: string, metadata: object = {}) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name, ...metadata },
  provisioner: 'ebs.csi.aws.com',
  volumeBindingMode: 'WaitForFirstConsumer',
});

describe('claims in documents', () => {
  const phaseOf = (...args: Parameters<typeof claim>) => clusterOf(claim(...args)).volumeClaims[0]?.phase;

  it('are bound when the control plane has said so, or when nobody says otherwise', () => {
    const annotations = { 'pv.kubernetes.io/bind-completed': 'yes' };
    expect(phaseOf({ volumeName: 'pv-1' })).toBe('Bound');
    expect(phaseOf({ volumeName: 'pv-1' }, {}, { phase: 'Pending' })).toBe('Pending');
    expect(phaseOf({ volumeName: 'pv-1' }, { annotations }, { phase: 'Pending' })).toBe('Bound');
    expect(phaseOf({ volumeName: 'pv-1' }, { annotations }, { phase: 'Lost' })).toBe('Lost');
  });

  it('are for one pod at a time where their access mode says so', () => {
    const [once] = clusterOf(claim({ accessModes: ['ReadWriteOncePod'] })).volumeClaims;
    const [often] = clusterOf(claim({ accessModes: ['ReadWriteOnce'] })).volumeClaims;
    expect(once).toMatchObject({ oncePod: true });
    expect(often).not.toHaveProperty('oncePod');
  });

  it('without a class get the newest default one', () => {
    const since = (creationTimestamp: string, spelling = 'storageclass') => ({
      creationTimestamp,
      annotations: { [`${spelling}.kubernetes.io/is-default-class`]: 'true' },
    });
    const { volumeClaims } = clusterOf(
      claim({}),
      storageClass('gp2', since('2024-01-01T00:00:00Z')),
      storageClass('gp4', since('2026-01-01T00:00:00Z', 'storageclass.beta')),
      storageClass('gp3', since('2026-01-01T00:00:00Z')),
      storageClass('gp9', { creationTimestamp: '2026-06-01T00:00:00Z' }),
    );
    expect(volumeClaims[0]?.storageClassName).toBe('gp3');
  });

  it('with an empty class stay without one', () => {
    const cluster = clusterOf(claim({ storageClassName: '' }), storageClass('gp3'));
    expect(volumePlaces(aPod({ spec: { volumeClaims: ['data'] } }), cluster)).toEqual({
      kind: 'refused',
      reason: 'persistentvolumeclaim "data" is unbound and names no storage class',
    });
  });
});

describe('volumes in documents', () => {
  const volumeOf = (...args: Parameters<typeof volume>) => clusterOf(volume(...args)).volumes[0];
  const zone = (...values: string[]): Requirement => ({
    key: 'topology.kubernetes.io/zone',
    operator: 'In',
    values,
  });
  const required = (...terms: Requirement[]) => ({
    nodeAffinity: {
      required: { nodeSelectorTerms: terms.map((one) => ({ matchExpressions: [one] })) },
    },
  });

  it("are known by their driver's name for them", () => {
    expect(volumeOf({ csi: { driver: 'efs.csi.aws.com', volumeHandle: 'fs-1' } })).toMatchObject({
      csiDriver: 'efs.csi.aws.com',
      csiHandle: 'fs-1',
    });
    expect(volumeOf({ awsElasticBlockStore: { volumeID: 'aws://us-east-1a/vol-1' } })).toMatchObject({
      csiDriver: 'ebs.csi.aws.com',
      csiHandle: 'vol-1',
    });
  });

  it('are of one host when they are a directory of it', () => {
    expect(volumeOf({ local: { path: '/mnt/0' } })).toMatchObject({ onHost: true });
    expect(volumeOf({ hostPath: { path: '/data' } })).toMatchObject({ onHost: true });
    expect(volumeOf({ nfs: { server: 'files', path: '/' } })).not.toHaveProperty('onHost');
  });

  it('are where their labels say as well as where their affinity says', () => {
    const labels = { 'topology.kubernetes.io/zone': 'us-east-1a__us-east-1b' };
    const places = (...args: Parameters<typeof volume>) =>
      volumeOf(...args)?.nodeAffinity.map(({ matchExpressions }) => matchExpressions);
    const written = zone('us-east-1a', 'us-east-1b');
    expect(places({}, labels)).toEqual([[written]]);
    expect(places(required(zone('us-east-1b')), labels)).toEqual([[zone('us-east-1b'), written]]);
    expect(places(required(zone('us-east-1b')))).toEqual([[zone('us-east-1b')]]);
  });
});
