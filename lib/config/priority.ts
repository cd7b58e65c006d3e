/**
 * Priorities by PriorityClass, as the API server fills them in.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
 */
import * as z from 'zod';
import type { PodSpec } from '../model/pod.ts';
import { SYSTEM_PRIORITIES } from '../model/system-priorities.ts';
import type { Finding } from './finding.ts';
import { kubernetesObject, type Read, read } from './kit.ts';
import { UNREAD_FIELDS } from './kubernetes-fields.ts';
import type { LocatedObject, Path } from './located.ts';
import { objectMetadata } from './metadata.ts';
import type { ReadPodSpec } from './pod-spec.ts';

export interface PriorityClass {
  readonly name: string;
  readonly value: number;
  readonly preemptionPolicy: PodSpec['preemptionPolicy'];
  readonly globalDefault: boolean;
}

/** The classes every cluster has. */
export const SYSTEM_PRIORITY_CLASSES: readonly PriorityClass[] = Object.entries(SYSTEM_PRIORITIES).map(
  ([name, value]) => ({ name, value, preemptionPolicy: 'PreemptLowerPriority', globalDefault: false }),
);

const schema = kubernetesObject(
  {
    metadata: objectMetadata,
    value: z.int(),
    preemptionPolicy: z.enum(['PreemptLowerPriority', 'Never']).default('PreemptLowerPriority'),
    globalDefault: z.boolean().default(false),
  },
  UNREAD_FIELDS.priorityClass,
).transform(({ metadata, ...rest }): PriorityClass => ({ name: metadata.name, ...rest }));

export const readPriorityClass = (object: LocatedObject): Read<PriorityClass> => read(object, schema);

/** The specification with its class's priority, and a note when that class is not among the documents. */
export function withPriority(
  written: ReadPodSpec,
  classes: readonly PriorityClass[],
  note: (path: Path, message: string) => Finding,
): { readonly spec: PodSpec; readonly findings: readonly Finding[] } {
  const { spec, priorityClassName: name, hasPriority, hasPreemptionPolicy } = written;
  const found = classes.find((candidate) =>
    name === undefined ? candidate.globalDefault : candidate.name === name,
  );
  const findings =
    name === undefined || found !== undefined || hasPriority
      ? []
      : [
          note(
            ['priorityClassName'],
            `PriorityClass ${JSON.stringify(name)} is not among the documents: priority 0 is used`,
          ),
        ];
  if (found === undefined) return { spec, findings };
  return {
    spec: {
      ...spec,
      ...(hasPriority ? {} : { priority: found.value }),
      ...(hasPreemptionPolicy ? {} : { preemptionPolicy: found.preemptionPolicy }),
    },
    findings,
  };
}
