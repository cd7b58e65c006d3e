/** What is used when the input names no NodePool or no EC2NodeClass: the documents a newcomer would write first. */
import type { NodeClass } from '../model/node-class.ts';
import type { NodePool } from '../model/node-pool.ts';
import { nodeClassDocument } from './node-class.ts';
import { nodePoolDocument } from './node-pool.ts';

/** On-demand amd64 nodes of a current c, m or r family. */
export const DEFAULT_NODE_POOL: NodePool = nodePoolDocument.parse({
  apiVersion: 'karpenter.sh/v1',
  kind: 'NodePool',
  metadata: { name: 'default' },
  spec: {
    template: {
      spec: {
        nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
        requirements: [
          { key: 'karpenter.k8s.aws/instance-category', operator: 'In', values: ['c', 'm', 'r'] },
          { key: 'karpenter.k8s.aws/instance-generation', operator: 'Gt', values: ['4'] },
          { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
          { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand'] },
        ],
      },
    },
  },
});

/** Amazon Linux 2023 with its default disk. Its selectors are what a new cluster's resources are tagged with. */
export const DEFAULT_NODE_CLASS: NodeClass = nodeClassDocument.parse({
  apiVersion: 'karpenter.k8s.aws/v1',
  kind: 'EC2NodeClass',
  metadata: { name: 'default' },
  spec: {
    role: 'dovetail-node',
    amiSelectorTerms: [{ alias: 'al2023@latest' }],
    subnetSelectorTerms: [{ tags: { 'karpenter.sh/discovery': '*' } }],
    securityGroupSelectorTerms: [{ tags: { 'karpenter.sh/discovery': '*' } }],
  },
});
