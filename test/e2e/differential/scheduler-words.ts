/**
 * What kube-scheduler's message says: `0/4 nodes are available: 1 Insufficient cpu, 3 node(s) were unschedulable.`, or one
 * sentence about the pod, where a plugin refused it before any node was looked at.
 * Source: Kubernetes `pkg/scheduler/framework/types.go` (`FitError`) and the reasons of each plugin.
 */
import { PASSED } from './extender.ts';

export interface Words {
  /** Nodes per class of refusal; those that passed are left out. */
  readonly refused: ReadonlyMap<string, number>;
  /** The class, where the pod was refused as such. */
  readonly outright?: string;
}

/** By which plugin each reason is, and what it is about where one plugin has several. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^node\(s\) were unschedulable$/, 'NodeUnschedulable'],
  [/untolerated taint/, 'TaintToleration'],
  [/^node\(s\) didn't match Pod's node affinity\/selector$/, 'NodeAffinity'],
  [/^node\(s\) didn't satisfy plugin\(s\) \[NodeAffinity\]$/, 'NodeAffinity'],
  [/free ports/, 'NodePorts'],
  [/^Too many pods$/, 'NodeResourcesFit pods'],
  [/^Insufficient (\S+)$/, 'NodeResourcesFit $1'],
  [/max volume count/, 'NodeVolumeLimits'],
  [/ReadWriteOncePod/, 'VolumeRestrictions'],
  [/PersistentVolume's node affinity/, 'VolumeBinding place'],
  [/available persistent volumes to bind/, 'VolumeBinding none to bind'],
  [/no available volume zone/, 'VolumeZone'],
  [
    /non-existent pv|persistentvolume "[^"]*" not found|non-existent persistentvolume/,
    'VolumeBinding volume gone',
  ],
  [/persistentvolumeclaim "[^"]*" not found/, 'VolumeBinding claim missing'],
  [/is being deleted/, 'VolumeBinding claim deleted'],
  [/unbound immediate PersistentVolumeClaims/, 'VolumeBinding unbound'],
  [/storageclass\S* .* not found/i, 'VolumeBinding class missing'],
  [/PersistentVolumeClaim had no pv name and storageClass name/, 'VolumeBinding unbound'],
  [/missing required label/, 'PodTopologySpread label'],
  [/^node\(s\) didn't match pod topology spread constraints$/, 'PodTopologySpread'],
  [/^node\(s\) didn't match pod affinity rules$/, 'InterPodAffinity affinity'],
  [/^node\(s\) didn't match pod anti-affinity rules$/, 'InterPodAffinity anti-affinity'],
  [/^node\(s\) didn't satisfy existing pods anti-affinity rules$/, 'InterPodAffinity existing anti-affinity'],
];

/** The class of a reason; the reason itself, marked, where nobody knew of it. */
export function classOf(reason: string): string {
  for (const [pattern, name] of REASONS) {
    const match = pattern.exec(reason);
    if (match !== null) return name.replace('$1', match[1] ?? '');
  }
  return `unknown: ${reason}`;
}

export function wordsOf(message: string): Words {
  const told = message.replace(/^0\/\d+ nodes are available: /, '').replace(/\.$/, '');
  const parts = told.split(/, (?=\d+ )/).map((part) => /^(\d+) (.*)$/s.exec(part));
  if (parts.some((part) => part === null)) return { refused: new Map(), outright: classOf(told) };
  const refused = new Map<string, number>();
  for (const part of parts) {
    const reason = part?.[2] ?? '';
    if (reason === PASSED) continue;
    const name = classOf(reason);
    refused.set(name, (refused.get(name) ?? 0) + Number(part?.[1]));
  }
  return { refused };
}
