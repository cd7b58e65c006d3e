// NodePools and EC2NodeClasses as the objects that Karpenter's API has, so that scripts for those read these.
import type { PublishedDocument, PublishedNodeClass } from '../model/published-document.ts';
import { type DocumentRow, type DocumentState, documentState } from './document-state.ts';
import { formatResources } from './format-resources.ts';

export type KubeObject = Readonly<Record<string, unknown>>;

const API_VERSIONS = { NodePool: 'karpenter.sh/v1', EC2NodeClass: 'karpenter.k8s.aws/v1' } as const;

/** The document as written, with a status. One whose text is gone or cannot be read has no spec. */
export function documentObject(row: DocumentRow): KubeObject {
  const { kind, name, manifest = {}, published } = row;
  const createdAtMs = published?.createdAtMs;
  const metadata = typeof manifest['metadata'] === 'object' ? manifest['metadata'] : {};
  return {
    apiVersion: API_VERSIONS[kind],
    kind,
    metadata: {
      ...metadata,
      name,
      ...(createdAtMs === undefined ? {} : { creationTimestamp: isoTime(createdAtMs) }),
    },
    ...('spec' in manifest ? { spec: manifest['spec'] } : {}),
    status: { ...ownStatus(row), conditions: conditions(row) },
  };
}

function ownStatus({ kind, published, usage }: DocumentRow): KubeObject {
  if (kind === 'NodePool') return { nodes: usage['nodes'] ?? 0, resources: formatResources(usage) };
  return published?.kind === 'EC2NodeClass' ? nodeClassStatus(published) : {};
}

function nodeClassStatus({ resolution, running }: PublishedNodeClass): KubeObject {
  if (resolution === undefined) return {};
  const { resolved, images } = resolution;
  const profile = running?.document.instanceProfile;
  return {
    subnets: resolved.subnets.map(({ id, zone, zoneId }) => ({ id, zone, zoneID: zoneId })),
    securityGroups: resolved.securityGroupIds.map((id) => ({ id })),
    amis: images.map(({ id, name, arch, deprecated }) => ({
      ...{ id, name, deprecated },
      requirements: [{ key: 'kubernetes.io/arch', operator: 'In', values: [arch] }],
    })),
    ...(profile === undefined ? {} : { instanceProfile: profile }),
  };
}

function conditions(row: DocumentRow): readonly KubeObject[] {
  const state = documentState(row);
  const at = timeOf(row.published);
  const condition = (type: string, status: string, reason: string, message: string): KubeObject => ({
    ...{ type, status, reason, message },
    ...(at === undefined ? {} : { lastTransitionTime: at }),
  });
  const notes =
    row.published?.status.state === 'valid' && row.looked ? row.published.status.notes.join('; ') : '';
  return [
    condition(
      'ValidationSucceeded',
      validated(state),
      state.reason,
      state.reason === 'Invalid' ? state.message : notes,
    ),
    condition('Ready', state.ready, state.reason, state.message),
  ];
}

function validated({ reason }: DocumentState): string {
  if (reason === 'Invalid') return 'False';
  return reason === 'Ready' || reason === 'NotReady' ? 'True' : 'Unknown';
}

const timeOf = (published: PublishedDocument | undefined): string | undefined =>
  published === undefined ? undefined : isoTime(published.statusSinceMs);

/** As Kubernetes writes times: whole seconds. */
export const isoTime = (timeMs: number): string => new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z');
