import { describe, expect, it } from 'vitest';
import { deploymentText, loadText } from '../../support/documents.ts';

const findings = (apiVersion: string, kind: string) =>
  loadText(`{kind: ${kind}, apiVersion: ${apiVersion}, metadata: {name: a}}`);

describe('a misspelt kind', () => {
  it.each([
    ['apps/v1', 'Deploymnet', 'unknown kind "Deploymnet" of apps/v1; did you mean "Deployment"?'],
    ['apps/v1', 'deployment', 'unknown kind "deployment" of apps/v1; did you mean "Deployment"?'],
    ['v1', 'Pods', 'unknown kind "Pods" of v1; did you mean "Pod"?'],
    ['karpenter.sh/v1', 'Nodepool', 'unknown kind "Nodepool" of karpenter.sh/v1; did you mean "NodePool"?'],
    [
      'karpenter.k8s.aws/v1',
      'EC2Nodeclass',
      'unknown kind "EC2Nodeclass" of karpenter.k8s.aws/v1; did you mean "EC2NodeClass"?',
    ],
    [
      'karpenter.k8s.aws/v1',
      'NodePool',
      'NodePool is not of API group "karpenter.k8s.aws": write apiVersion: karpenter.sh/v1',
    ],
    [
      'karpenter.sh/v1',
      'EC2NodeClass',
      'EC2NodeClass is not of API group "karpenter.sh": write apiVersion: karpenter.k8s.aws/v1',
    ],
    [
      'karpenter/v1',
      'NodePool',
      'NodePool is not of API group "karpenter": write apiVersion: karpenter.sh/v1',
    ],
  ])('is an error: %s %s', (apiVersion, kind, message) => {
    const { errors, notes } = findings(apiVersion, kind);
    expect(errors).toEqual([`in.yaml:1:8: ${message} (kind)`]);
    expect(notes).toEqual([]);
  });

  it.each([
    ['v1', 'PodTemplate'],
    ['v1', 'Event'],
    ['apps/v1', 'ControllerRevision'],
    ['storage.k8s.io/v1', 'CSIDriver'],
    ['storage.k8s.io/v1', 'VolumeAttributesClass'],
    ['storage.k8s.io/v1', 'VolumeAttachment'],
    ['karpenter.sh/v1', 'NodeClaim'],
    ['karpenter.sh/v1alpha1', 'NodeOverlay'],
    ['hypershift.openshift.io/v1beta1', 'NodePool'],
  ])('is not taken for one that somebody else has: %s %s', (apiVersion, kind) => {
    const { errors, notes } = findings(apiVersion, kind);
    expect(errors).toEqual([]);
    expect(notes).toHaveLength(1);
  });
});

describe('a workload that names its node', () => {
  it('has no pods to plan, and a note says so', () => {
    const { documents, errors, notes } = loadText(deploymentText({ nodeName: 'ip-1' }));
    expect(errors).toEqual([]);
    expect(documents.workloads.map(({ replicas }) => replicas)).toEqual([0]);
    expect(notes).toEqual([
      expect.stringMatching(
        /: its pods are put on node "ip-1" past the scheduler: none is planned \(spec\.template\.spec\.nodeName\)$/,
      ),
    ]);
  });
});
