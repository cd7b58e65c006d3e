// Fields that people bring from v1beta1 and v1alpha5, from the NodeClaim, or from another level of the NodePool, and what to
// write instead. Source: https://karpenter.sh/docs/upgrading/v1-migration/ and karpenter `pkg/apis/v1/nodepool_conversion.go`.

const place = (path: string): string => `write it as ${path}`;

const TEMPLATE_SPEC_FIELDS = [
  'nodeClassRef',
  'requirements',
  'taints',
  'startupTaints',
  'expireAfter',
  'terminationGracePeriod',
] as const;
const TEMPLATE_METADATA_FIELDS = ['labels', 'annotations'] as const;
const DISRUPTION_FIELDS = ['consolidationPolicy', 'consolidateAfter', 'budgets'] as const;
const SPEC_FIELDS = ['disruption', 'limits', 'weight', 'replicas'] as const;

const placed = (fields: readonly string[], parent: string): Record<string, string> =>
  Object.fromEntries(fields.map((field) => [field, place(`${parent}.${field}`)]));

const TO_NODE_CLASS = 'it moved to the EC2NodeClass in v1: write it there as spec.kubelet';
const NODE_CLAIM_ONLY = 'only NodeClaims have it: pods say what they request, remove it';
const PROVIDER = 'name an EC2NodeClass in spec.template.spec.nodeClassRef instead';

export const MOVED_FROM_SPEC = {
  ...placed(TEMPLATE_SPEC_FIELDS, 'spec.template.spec'),
  ...placed(TEMPLATE_METADATA_FIELDS, 'spec.template.metadata'),
  ...placed(DISRUPTION_FIELDS, 'spec.disruption'),
  kubelet: TO_NODE_CLASS,
  kubeletConfiguration: TO_NODE_CLASS,
  resources: NODE_CLAIM_ONLY,
  provider: PROVIDER,
  providerRef: PROVIDER,
  consolidation: 'write spec.disruption.consolidationPolicy: WhenEmptyOrUnderutilized instead',
  ttlSecondsAfterEmpty:
    'write spec.disruption.consolidationPolicy: WhenEmpty and spec.disruption.consolidateAfter with a unit, such as 30s, instead',
  ttlSecondsUntilExpired: 'write spec.template.spec.expireAfter with a unit, such as 720h, instead',
};

export const MOVED_FROM_TEMPLATE = {
  ...placed(TEMPLATE_SPEC_FIELDS, 'spec.template.spec'),
  ...placed(TEMPLATE_METADATA_FIELDS, 'spec.template.metadata'),
  ...placed(SPEC_FIELDS, 'spec'),
  kubelet: TO_NODE_CLASS,
};

export const MOVED_FROM_TEMPLATE_SPEC = {
  ...placed(TEMPLATE_METADATA_FIELDS, 'spec.template.metadata'),
  ...placed(SPEC_FIELDS, 'spec'),
  ...placed(DISRUPTION_FIELDS, 'spec.disruption'),
  kubelet: TO_NODE_CLASS,
  resources: NODE_CLAIM_ONLY,
};

export const MOVED_FROM_DISRUPTION = {
  ...placed(['expireAfter', 'terminationGracePeriod'], 'spec.template.spec'),
};

export const MOVED_FROM_NODE_CLASS_REF = { apiVersion: 'write group: karpenter.k8s.aws instead' };
