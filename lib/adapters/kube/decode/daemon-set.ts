import type { DaemonSet } from '../../../model/workload.ts';
import { podSpecOf } from './pod-spec.ts';
import { mapOf } from './values.ts';
import type { WireDaemonSet } from './wire.ts';

export function daemonSetOf({ metadata, spec }: WireDaemonSet): DaemonSet {
  const { template } = spec;
  return {
    uid: metadata.uid,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    labels: mapOf(metadata.labels),
    template: {
      labels: mapOf(template.metadata?.labels),
      annotations: mapOf(template.metadata?.annotations),
      spec: podSpecOf(template.spec),
    },
  };
}
