// What of a valid EC2NodeClass changes nothing, so that nobody takes it for effective. All else is planned with or is part of
// launch templates.

import { MAX_USER_DATA_BYTES } from '../model/launch-template.ts';
import type { Finding } from './finding.ts';
import { isRecord, type LocatedObject } from './located.ts';
import { utf8Bytes } from './node-class-spec.ts';
import { aliasFamily } from './selector-terms.ts';

const NOT_ACTED_ON: readonly string[] = ['capacityReservationSelectorTerms', 'context'];

/** Nodes' own bootstrap settings are added to user data, so that a text close to the limit may be over it in the end. */
const NEAR_PERCENT = 90;

export function nodeClassNotes(object: LocatedObject): Finding[] {
  const spec = recordOf(recordOf(object.value)['spec']);
  return [
    ...NOT_ACTED_ON.filter((field) => field in spec).map((field) =>
      object.finding(['spec', field], `"${field}" is kept but not acted on yet`, 'note', 'key'),
    ),
    ...userDataNotes(object, spec['userData']),
    ...podsPerCoreNotes(object, spec),
  ];
}

function userDataNotes(object: LocatedObject, userData: unknown): Finding[] {
  const bytes = typeof userData === 'string' ? utf8Bytes(userData) : 0;
  if (bytes * 100 < MAX_USER_DATA_BYTES * NEAR_PERCENT) return [];
  const message = `user data has ${bytes} of the ${MAX_USER_DATA_BYTES} bytes that EC2 takes, and the node's own settings are added to it`;
  return [object.finding(['spec', 'userData'], message, 'note')];
}

/** Karpenter leaves it out there, since Bottlerocket has no such setting. */
function podsPerCoreNotes(object: LocatedObject, spec: Readonly<Record<string, unknown>>): Finding[] {
  const family = spec['amiFamily'] ?? aliasFamily(spec['amiSelectorTerms']);
  if (family !== 'Bottlerocket' || !('podsPerCore' in recordOf(spec['kubelet']))) return [];
  const message = '"podsPerCore" has no effect on Bottlerocket: write maxPods instead';
  return [object.finding(['spec', 'kubelet', 'podsPerCore'], message, 'note', 'key')];
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});
