/** A generated pod as a client would write it. */
import type { NodeSelectorTerm, PodAffinityTerm } from '../../../lib/model/affinity.ts';
import type { HostPort, Pod } from '../../../lib/model/pod.ts';
import type { Requirement } from '../../../lib/model/requirement.ts';
import type { ResourceList } from '../../../lib/model/resources.ts';

/** How a pod asks for what it asks for, which the model does not tell any more. */
export interface PodStyle {
  readonly containers: ContainerStyle;
  /** Adds the overhead of the RuntimeClass `heavy`. */
  readonly heavy: boolean;
  readonly hostNetwork: boolean;
  readonly ephemeralBytes: number;
  /** Another protocol and address for the first host port; neither is among those of `pod-arbitraries.ts`. */
  readonly oddPort?: Partial<Pick<HostPort, 'protocol' | 'hostIp'>>;
}

export const CONTAINER_STYLES = [
  'one',
  'two',
  'large init',
  'sidecar',
  'init beside sidecar',
  'limits',
  'whole pod',
] as const;
export type ContainerStyle = (typeof CONTAINER_STYLES)[number];

type Json = Readonly<Record<string, unknown>>;

export function wirePod(pod: Pod, style: PodStyle): Json {
  const { namespace, name, labels, nodeName, spec } = pod;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, labels },
    spec: {
      ...containersOf(pod, style),
      ...(style.heavy ? { runtimeClassName: 'heavy' } : {}),
      ...(style.hostNetwork ? { hostNetwork: true } : {}),
      ...(nodeName === undefined ? {} : { nodeName }),
      nodeSelector: spec.nodeSelector,
      affinity: affinityOf(spec.affinity),
      tolerations: spec.tolerations.map((one) =>
        // Seconds are for NoExecute alone.
        one.effect === 'NoExecute' ? one : { ...one, tolerationSeconds: undefined },
      ),
      topologySpreadConstraints: spec.topologySpread.map((one) => ({
        ...one,
        matchLabelKeys: nonEmpty(one.matchLabelKeys),
      })),
      volumes: [...new Set(spec.volumeClaims)].map((claimName) => ({
        name: claimName,
        persistentVolumeClaim: { claimName },
      })),
    },
  };
}

const IMAGE = { image: 'registry.k8s.io/pause:3.10', terminationMessagePolicy: 'File' };

/** Each style comes to at least the pod's requests; some come to more, which is for both judges to find out. */
function containersOf({ spec }: Pod, style: PodStyle): Json {
  const { pods: _, ...asked } = spec.requests;
  const wanted = style.ephemeralBytes === 0 ? asked : { ...asked, 'ephemeral-storage': style.ephemeralBytes };
  const ports = portsOf(spec.hostPorts, style);
  const main = { ...IMAGE, name: 'main', ports, resources: resourcesOf(wanted) };
  const more = { ...wanted, cpu: (wanted['cpu'] ?? 0) + 100 };
  const init = (name: string, requests: ResourceList, restartPolicy?: 'Always'): Json => ({
    ...{ ...IMAGE, name, restartPolicy, resources: resourcesOf(requests) },
  });
  switch (style.containers) {
    case 'one':
      return { containers: [main] };
    case 'two':
      return {
        containers: [
          { ...main, ports: [] },
          { ...main, name: 'second', resources: resourcesOf({ cpu: 50 }) },
        ],
      };
    case 'large init':
      return { initContainers: [init('first', more)], containers: [main] };
    case 'sidecar':
      return { initContainers: [init('beside', { cpu: 50, memory: 10 }, 'Always')], containers: [main] };
    case 'init beside sidecar':
      return {
        initContainers: [init('beside', { cpu: 50 }, 'Always'), init('first', more)],
        containers: [main],
      };
    case 'limits':
      return { containers: [{ ...main, resources: { limits: main.resources['requests'] } }] };
    case 'whole pod': {
      const whole = quantitiesOf({ cpu: (wanted['cpu'] ?? 0) + 100, memory: wanted['memory'] ?? 0 });
      return { containers: [main], resources: { requests: whole } };
    }
  }
}

/** What is counted in pieces must have a limit, and it must be the request. */
function resourcesOf(amounts: ResourceList): Json {
  const pieces = Object.entries(amounts).filter(([name]) => name.includes('/'));
  const limits = quantitiesOf(Object.fromEntries(pieces));
  return { requests: quantitiesOf(amounts), ...(pieces.length === 0 ? {} : { limits }) };
}

export const quantitiesOf = (amounts: ResourceList): Record<string, string> =>
  Object.fromEntries(
    Object.entries(amounts).map(([name, amount]) => [name, name === 'cpu' ? `${amount}m` : String(amount)]),
  );

function portsOf(ports: readonly HostPort[], { hostNetwork, oddPort }: PodStyle): Json[] {
  const wanted = ports.map((port, index) => (index === 0 ? { ...port, ...oddPort } : port));
  const distinct = new Map(wanted.map((port) => [JSON.stringify(port), port]));
  return [...distinct.values()].map(({ port, protocol, hostIp }, index) => ({
    name: `p${index}`,
    containerPort: port,
    ...(hostNetwork ? {} : { hostPort: port }),
    protocol,
    ...(hostIp === '' ? {} : { hostIP: hostIp }),
  }));
}

const affinityOf = ({ nodeRequired, podRequired, podAntiRequired }: Pod['spec']['affinity']): Json => ({
  ...(nodeRequired.length === 0
    ? {}
    : { nodeAffinity: required({ nodeSelectorTerms: nodeRequired.map(nodeTermOf) }) }),
  ...(podRequired.length === 0 ? {} : { podAffinity: required(podRequired.map(podTermOf)) }),
  ...(podAntiRequired.length === 0 ? {} : { podAntiAffinity: required(podAntiRequired.map(podTermOf)) }),
});

const required = (what: unknown): Json => ({ requiredDuringSchedulingIgnoredDuringExecution: what });

export const nodeTermOf = ({ matchExpressions, matchFields }: NodeSelectorTerm): Json => ({
  matchExpressions: nonEmpty(matchExpressions.map(expressionOf)),
  matchFields: nonEmpty(matchFields.map(expressionOf)),
});

const expressionOf = ({ key, operator, values }: Requirement): Json => ({
  ...{ key, operator, values: nonEmpty(values) },
});

const podTermOf = (term: PodAffinityTerm): Json => ({
  ...term,
  namespaces: nonEmpty(term.namespaces),
  matchLabelKeys: nonEmpty(term.matchLabelKeys),
  mismatchLabelKeys: nonEmpty(term.mismatchLabelKeys),
});

const nonEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);
