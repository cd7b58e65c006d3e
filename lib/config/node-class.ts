/** The `karpenter.k8s.aws/v1` EC2NodeClass: the document as written, into the model. */
import * as z from 'zod';
import type { NodeClass } from '../model/node-class.ts';
import { stableHash } from '../model/stable-json.ts';
import { ephemeralVolumeBytes } from './block-devices.ts';
import { type Read, read, strict } from './kit.ts';
import { kubeletModel } from './kubelet-schema.ts';
import type { LocatedObject } from './located.ts';
import { documentMetadata } from './metadata.ts';
import { nodeClassNotes } from './node-class-notes.ts';
import { nodeClassSpec } from './node-class-spec.ts';
import { aliasFamily, termModel } from './selector-terms.ts';

const API_VERSION = 'karpenter.k8s.aws/v1';
const HASH_VERSION = 'v6';

/** Left out of the hash: a changed selector is drift only when what it selects changed; the last two are re-added. */
const NOT_HASHED: readonly string[] = [
  'subnetSelectorTerms',
  'securityGroupSelectorTerms',
  'capacityReservationSelectorTerms',
  'amiSelectorTerms',
  'ipPrefixCount',
  'amiFamily',
  'kubelet',
];

const apiVersion = z.literal(API_VERSION, {
  error: ({ input }) =>
    input === `${API_VERSION}beta1`
      ? `version ${input} is not read any more: write ${API_VERSION}, name the image in amiSelectorTerms, and move spec.template.spec.kubelet of its NodePools to spec.kubelet here`
      : undefined,
});

const nodeClassSchema = strict({
  apiVersion,
  kind: z.literal('EC2NodeClass'),
  metadata: documentMetadata,
  spec: nodeClassSpec,
  status: z.unknown().optional(),
});

/** An EC2NodeClass document as written, to the model. */
export const nodeClassDocument: z.ZodType<NodeClass> = nodeClassSchema.transform(({ metadata, spec }) => {
  const amiFamily = spec.amiFamily ?? aliasFamily(spec.amiSelectorTerms) ?? 'Custom';
  const { role, instanceProfile, instanceStorePolicy } = spec;
  return {
    name: metadata.name,
    hash: specHash({ ...spec }, amiFamily),
    hashVersion: HASH_VERSION,
    amiFamily,
    amiSelectorTerms: spec.amiSelectorTerms.map(termModel),
    subnetSelectorTerms: spec.subnetSelectorTerms.map(termModel),
    securityGroupSelectorTerms: spec.securityGroupSelectorTerms.map(termModel),
    ...(role === undefined ? {} : { role }),
    ...(instanceProfile === undefined ? {} : { instanceProfile }),
    tags: spec.tags,
    kubelet: kubeletModel(spec.kubelet),
    rootVolumeBytes: ephemeralVolumeBytes(amiFamily, spec.blockDeviceMappings),
    ...(instanceStorePolicy === undefined ? {} : { instanceStorePolicy }),
    spec,
  };
});

function specHash(spec: Readonly<Record<string, unknown>>, amiFamily: string): string {
  const hashed = Object.fromEntries(Object.entries(spec).filter(([field]) => !NOT_HASHED.includes(field)));
  return stableHash({ ...hashed, amiFamily, kubelet: spec['kubelet'] });
}

/** Reads an EC2NodeClass document; all its problems at once, and a note for each field not acted on. */
export function readNodeClass(object: LocatedObject): Read<NodeClass> {
  const { findings, ...result } = read(object, nodeClassDocument);
  const wrong = new Set(findings.map(({ path }) => path));
  return {
    ...result,
    findings: [...findings, ...nodeClassNotes(object).filter(({ path }) => !wrong.has(path))],
  };
}
