/**
 * What of a valid EC2NodeClass changes nothing yet, so that nobody takes it for effective. The role or instance profile,
 * of which every document has one, and the selectors, which the publisher resolves, get no note.
 */

import { MAX_USER_DATA_BYTES } from '../model/launch-template.ts';
import { UNPLANNED_EBS_FIELDS } from './block-devices.ts';
import type { Finding } from './finding.ts';
import { PLANNED_KUBELET_FIELDS } from './kubelet-schema.ts';
import { isRecord, type LocatedObject, type Path } from './located.ts';
import { utf8Bytes } from './node-class-spec.ts';
import { aliasFamily } from './selector-terms.ts';

/** Fields of `spec` that are kept for launch templates and change no decision. */
const NOT_ACTED_ON: readonly string[] = [
  'capacityReservationSelectorTerms',
  'placementGroupSelector',
  'associatePublicIPAddress',
  'ipPrefixCount',
  'userData',
  'detailedMonitoring',
  'metadataOptions',
  'context',
];

/** Nodes' own bootstrap settings are added to user data, so that a text close to the limit may be over it in the end. */
const NEAR_PERCENT = 90;

export function nodeClassNotes(object: LocatedObject): Finding[] {
  const spec = recordOf(recordOf(object.value)['spec']);
  const kubelet = recordOf(spec['kubelet']);
  const kept = (path: Path, names: readonly string[]): Finding[] =>
    names.length === 0 ? [] : [object.finding(path, keptMessage(names), 'note', 'key')];
  const mappings: readonly unknown[] = Array.isArray(spec['blockDeviceMappings'])
    ? spec['blockDeviceMappings']
    : [];
  return [
    ...NOT_ACTED_ON.filter((field) => field in spec).flatMap((field) => kept(['spec', field], [field])),
    ...Object.keys(kubelet)
      .filter((field) => !PLANNED_KUBELET_FIELDS.includes(field))
      .flatMap((field) => kept(['spec', 'kubelet', field], [field])),
    ...mappings.flatMap((mapping, index) => {
      const ebs = recordOf(recordOf(mapping)['ebs']);
      const names = UNPLANNED_EBS_FIELDS.filter((field) => field in ebs);
      return kept(['spec', 'blockDeviceMappings', index, 'ebs'], names);
    }),
    ...userDataNotes(object, spec['userData']),
    ...podsPerCoreNotes(object, spec),
  ];
}

function keptMessage(names: readonly string[]): string {
  const quoted = names.map((name) => JSON.stringify(name));
  const last = quoted.pop() ?? '';
  const list = quoted.length === 0 ? `${last} is` : `${quoted.join(', ')} and ${last} are`;
  return `${list} kept but not acted on yet`;
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
