// NodeClaims in the columns of `kubectl get nodeclaims -o wide` with Karpenter's printer columns.
import type { NodeClaim } from '../model/node-claim.ts';
import { compareText } from '../model/stable-json.ts';
import { humanDuration } from './duration.ts';
import { textTable } from './text-table.ts';

export const NODE_CLAIM_COLUMNS = [
  'NAME',
  'TYPE',
  'CAPACITY',
  'ZONE',
  'NODE',
  'READY',
  'AGE',
  'IMAGEID',
  'ID',
  'NODEPOOL',
  'NODECLASS',
  'DRIFTED',
] as const;

/** A claim as it stood at a time; for one that has ended that is the moment before its end. */
export interface ClaimAtTime {
  readonly claim: NodeClaim;
  readonly atMs: number;
}

/** How many of the columns `kubectl get` shows without `-o wide`. */
const NARROW_COLUMNS = NODE_CLAIM_COLUMNS.indexOf('AGE') + 1;

/** Lines of the table, sorted by creation, then name. Cells without a value stay empty, as kubectl leaves them. */
export function nodeClaimTable(claims: readonly ClaimAtTime[], { wide = true } = {}): string[] {
  const columns = NODE_CLAIM_COLUMNS.slice(0, wide ? NODE_CLAIM_COLUMNS.length : NARROW_COLUMNS);
  const sorted = [...claims].sort(
    (a, b) => a.claim.createdAtMs - b.claim.createdAtMs || compareText(a.claim.name, b.claim.name),
  );
  return textTable(
    columns,
    sorted.map((each) => row(each).slice(0, columns.length)),
  );
}

function row({ claim, atMs }: ClaimAtTime): string[] {
  const launch = 'launch' in claim ? claim.launch : undefined;
  const node = 'node' in claim ? claim.node : undefined;
  return [
    claim.name,
    launch?.instanceType ?? '',
    launch?.capacityType ?? '',
    launch?.zone ?? '',
    node?.name ?? '',
    ready(claim),
    humanDuration(atMs - claim.createdAtMs),
    launch?.imageId ?? '',
    launch === undefined ? '' : `aws:///${launch.zone}/${launch.instanceId}`,
    claim.nodePool.name,
    claim.nodeClass.name,
    claim.leave?.reason === 'Drifted' ? 'True' : '',
  ];
}

/** Karpenter's Ready condition: launched, registered and initialized all hold. */
function ready(claim: NodeClaim): string {
  if (claim.phase === 'LaunchFailed') return 'False';
  return 'initializedAtMs' in claim && claim.initializedAtMs !== undefined ? 'True' : 'Unknown';
}
