/**
 * The fence around our right to patch pods: whoever comes with the group may add tolerations of the slot taint and change
 * nothing else. RBAC cannot say that, because a patch is a patch to it.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
import { type KubeObject, LABELS } from './kube-object.ts';

export interface PodFence {
  readonly group: string;
  /** The only key that an added toleration may have. */
  readonly taintKey: string;
}

const API = 'admissionregistration.k8s.io/v1';
const NAME = 'dovetail-pods';

/**
 * Of a running pod's spec the API server itself lets only these be changed, besides tolerations
 * (https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement), and node selection of gated pods.
 */
const SPEC_KEPT = [
  'containers',
  'initContainers',
  'activeDeadlineSeconds',
  'terminationGracePeriodSeconds',
  'schedulingGates',
  'nodeSelector',
  'affinity',
];
const METADATA_KEPT = ['labels', 'annotations', 'ownerReferences', 'finalizers'];

export function podFence({ group, taintKey }: PodFence): KubeObject[] {
  const metadata = { name: NAME, labels: LABELS };
  return [
    {
      apiVersion: API,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: {
          resourceRules: [
            { apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['UPDATE'] },
          ],
        },
        matchConditions: [{ name: 'dovetail', expression: `"${group}" in request.userInfo.groups` }],
        variables: [
          { name: 'before', expression: 'oldObject.spec.?tolerations.orValue([])' },
          { name: 'after', expression: 'object.spec.?tolerations.orValue([])' },
        ],
        validations: [
          ...SPEC_KEPT.map((field) => kept('spec', field)),
          ...METADATA_KEPT.map((field) => kept('metadata', field)),
          {
            expression: 'variables.before.all(each, each in variables.after)',
            message: 'dovetail takes no toleration away',
          },
          {
            expression: `variables.after.all(each, each in variables.before || (${slotToleration('each', taintKey)}))`,
            message: `dovetail adds only tolerations of ${taintKey} with a value and the effect NoSchedule`,
          },
        ],
      },
    },
    {
      apiVersion: API,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: NAME, validationActions: ['Deny'] },
    },
  ];
}

const kept = (part: string, field: string) => ({
  expression: `object.${part}.?${field} == oldObject.${part}.?${field}`,
  message: `dovetail does not change ${part}.${field} of a pod`,
});

/** The operator may be left out, which means Equal. */
const slotToleration = (name: string, key: string): string =>
  [
    `${name}.?key.orValue("") == "${key}"`,
    `${name}.?operator.orValue("Equal") == "Equal"`,
    `${name}.?value.orValue("") != ""`,
    `${name}.?effect.orValue("") == "NoSchedule"`,
  ].join(' && ');
