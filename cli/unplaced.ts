// Says where in the input the pods stand that found no place.
import type { Finding } from '../lib/config/finding.ts';
import { isRecord, type LocatedObject, parseSource } from '../lib/config/located.ts';
import type { SourceFile } from '../lib/config/source.ts';
import { counted } from '../lib/model/counted.ts';
import { type Pod, podKey } from '../lib/model/pod.ts';
import type { ProvisioningPlan } from '../lib/planning/types.ts';

/** More workloads than this without a place are counted: the plan itself names their pods. */
const MAX_FINDINGS = 20;
/** The files are read a second time to say where; input larger than this would take longer than the plan. */
const MAX_REREAD_BYTES = 2 * 1024 ** 2;

interface Unplaced {
  readonly first: Pod;
  readonly reasons: readonly string[];
  count: number;
}

/** One finding per workload, or pod of its own, that has pods without a place, at the field that the reasons are about. */
export function unplacedFindings(plan: ProvisioningPlan, files: readonly SourceFile[]): Finding[] {
  const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
  if (plan.unschedulable.length === 0 || bytes > MAX_REREAD_BYTES) return [];
  const groups = new Map<string, Unplaced>();
  for (const { pod, reasons } of plan.unschedulable) {
    const group = groups.get(sourceName(pod));
    if (group === undefined) groups.set(sourceName(pod), { first: pod, reasons, count: 1 });
    else group.count += 1;
  }
  const objects = files.flatMap((file) => parseSource(file).objects);
  return [...groups].slice(0, MAX_FINDINGS).flatMap(([name, { first, reasons, count }]) => {
    const object = objects.find((candidate) => objectName(candidate) === name);
    if (object === undefined) return [];
    const spec = first.owner === undefined ? ['spec'] : ['spec', 'template', 'spec'];
    const field = fieldAt(
      object.value,
      spec,
      reasons.filter((reason) => !reason.startsWith('existing nodes')).join(),
    );
    const verb = count === 1 ? 'has' : 'have';
    // A pod that no plan may include says itself what to change; only NodePools can be extended instead.
    const advice = reasons.some((reason) => reason.startsWith('NodePool '))
      ? '; lower what is asked for, or add to a NodePool'
      : '';
    const message = `${counted(count, 'pod')} of ${name} ${verb} no place: ${reasons.join('; ')}${advice}`;
    return [object.finding([...spec, field], message)];
  });
}

/** Fields of a pod's specification, and the words by which reasons speak of them; the first that is written counts. */
const FIELDS: readonly (readonly [field: string, words: RegExp])[] = [
  ['resourceClaims', /resource claims/],
  ['volumes', /persistentvolumeclaim|its volumes/],
  ['tolerations', /does not tolerate/],
  ['topologySpreadConstraints', /topology spread/],
  ['affinity', /affinity/],
  ['nodeSelector', /contradicts itself|offerings match/],
  ['affinity', /contradicts itself|offerings match/],
];

function fieldAt(object: unknown, spec: readonly string[], reasons: string): string {
  const written = spec.reduce<unknown>((value, step) => (isRecord(value) ? value[step] : undefined), object);
  const found = FIELDS.find(([field, words]) => isRecord(written) && field in written && words.test(reasons));
  return found?.[0] ?? 'containers';
}

/** `Deployment default/web`: the object that a person would change. */
const sourceName = (pod: Pod): string =>
  pod.owner === undefined ? `Pod ${podKey(pod)}` : `${pod.owner.kind} ${pod.namespace}/${pod.owner.name}`;

function objectName({ kind, value }: LocatedObject): string {
  const { metadata } = value as { metadata?: { name?: unknown; namespace?: unknown } };
  return `${kind} ${String(metadata?.namespace ?? 'default')}/${String(metadata?.name)}`;
}
