import { describe, expect, it } from 'vitest';
import { aDirectory, dovetail } from '../../support/cli.ts';

const DOCUMENTS = `
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: { name: general }
spec:
  template:
    spec:
      nodeClassRef: { group: karpenter.k8s.aws, kind: EC2NodeClass, name: default }
      requirements:
        - { key: karpenter.k8s.aws/instance-family, operator: In, values: [m7i] }
        - { key: karpenter.sh/capacity-type, operator: In, values: [on-demand] }
---
apiVersion: karpenter.k8s.aws/v1
kind: EC2NodeClass
metadata: { name: default }
spec:
  role: node
  amiSelectorTerms: [{ alias: al2023@latest }]
  subnetSelectorTerms: [{ tags: { karpenter.sh/discovery: '*' } }]
  securityGroupSelectorTerms: [{ tags: { karpenter.sh/discovery: '*' } }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: checkout, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: checkout } }
  template:
    metadata: { labels: { app: checkout } }
    spec:
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: DoNotSchedule
          labelSelector: { matchLabels: { app: checkout } }
      containers: [{ name: main, image: x, resources: { requests: { cpu: 100m, memory: 128Mi } } }]
`;

const plan = (...more: string[]) => {
  const directory = aDirectory({ 'all.yaml': DOCUMENTS });
  return dovetail(['plan', '-f', directory, '--price-constraints', ...more]);
};

describe('dovetail plan --price-constraints', () => {
  it('says after the plan what constraints cost', async () => {
    const { code, stdout } = await plan();
    expect(code).toBe(0);
    const [, prices] = stdout.split('\nWhat constraints cost:\n');
    expect(prices?.split('\n')).toContain(
      '  maxSkew 1 by zone on Deployment shop/checkout costs $0.20–0.21/h',
    );
    expect(prices).toMatch(/ {2}allowing capacity-type spot in NodePool general would save \$0\.\d\d/);
  });

  it('adds them to the JSON', async () => {
    const { constraints } = JSON.parse((await plan('--json')).stdout);
    expect(constraints).toMatchObject({ free: expect.any(Number), notTried: expect.any(Number) });
    expect(constraints.prices).toContainEqual({
      constraint: {
        kind: 'topologySpread',
        object: 'Deployment shop/checkout',
        detail: 'maxSkew 1 by zone',
      },
      savesPerHour: { atLeast: 0.2016, atMost: 0.2016 },
      pods: { before: 0, after: 0 },
    });
  });
});
