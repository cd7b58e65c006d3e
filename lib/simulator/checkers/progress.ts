// Nothing stays half-way: claims leave each phase in time, and our marks come off nodes in time.
import { assertNever } from '../../model/assert-never.ts';
import { ANNOTATION, TAINT } from '../../model/labels.ts';
import type { Node } from '../../model/node.ts';
import type { LiveClaim } from '../../model/node-claim.ts';
import { type Checker, type Evidence, MINUTE_MS, SECOND_MS, Violations } from './checker.ts';

/** The reconciler looks once a minute, so whatever has a limit is noticed this much later at most. */
const TICK_MS = 2 * MINUTE_MS;
/** A slot comes off 2 minutes after Ready; waiting for DaemonSets takes 5 s more. */
const SLOT_MS = 2 * MINUTE_MS;
const CORDON_MS = 5 * SECOND_MS;
/** The poller's lease outlives its holder by 20 s, and the next tick comes within a minute. */
const POLLER_GAP_MS = 30 * SECOND_MS;

export function noClaimStuck(evidence: Evidence): Checker {
  const violations = new Violations();
  const since = new Map<string, { readonly phase: string; readonly atMs: number }>();
  return {
    property: 'no claim stays in a passing phase beyond its limit',
    look(nowMs) {
      for (const claim of evidence.claims.live()) {
        const known = since.get(claim.name);
        const entered = known?.phase === claim.phase ? known : { phase: claim.phase, atMs: nowMs };
        since.set(claim.name, entered);
        const limitMs = phaseLimitMs(claim);
        if (limitMs === undefined || nowMs - entered.atMs <= limitMs + TICK_MS + evidence.patienceMs)
          continue;
        const minutes = Math.round((nowMs - entered.atMs) / MINUTE_MS);
        violations.add(`${claim.name}/${claim.phase}`, `${claim.name} is ${claim.phase} for ${minutes} min`);
      }
    },
    get violations() {
      return violations.list;
    },
  };
}

/** Karpenter's limits for launch and registration; the others are several times what they take. */
function phaseLimitMs(claim: LiveClaim): number | undefined {
  switch (claim.phase) {
    case 'Planned':
      return 5 * MINUTE_MS;
    case 'Launched':
    case 'Registered':
      return 15 * MINUTE_MS;
    case 'Initialized':
      return undefined;
    case 'Draining':
    case 'Terminating':
      return 5 * MINUTE_MS;
    default:
      return assertNever(claim);
  }
}

export function marksComeOff(evidence: Evidence): Checker {
  const violations = new Violations();
  const since = new Map<string, number>();
  return {
    property: 'no ready node keeps a startup taint, a slot or our cordon beyond its limit',
    look(nowMs) {
      const held = new Set<string>();
      for (const node of evidence.api.nodes()) {
        if (node.ready !== 'True' || isPlain(node)) continue;
        for (const { mark, limitMs } of marksOf(node)) {
          const key = `${node.uid}/${mark}`;
          held.add(key);
          const sinceMs = since.get(key) ?? nowMs;
          since.set(key, sinceMs);
          if (nowMs - sinceMs <= limitMs + POLLER_GAP_MS + evidence.patienceMs) continue;
          const seconds = Math.round((nowMs - sinceMs) / SECOND_MS);
          violations.add(key, `ready node ${node.name} has its ${mark} for ${seconds} s`);
        }
      }
      for (const key of since.keys()) if (!held.has(key)) since.delete(key);
    },
    get violations() {
      return violations.list;
    },
  };
}

/** Nothing on it that could be a mark, as on most nodes most of the time. */
const isPlain = ({ taints, annotations }: Node): boolean =>
  taints.length === 0 && !(ANNOTATION.daemonSetsFirst in annotations);

function marksOf(node: Node): readonly { readonly mark: string; readonly limitMs: number }[] {
  const has = (key: string): boolean => node.taints.some((taint) => taint.key === key);
  return [
    ...(has(TAINT.starting) ? [{ mark: 'startup taint', limitMs: 0 }] : []),
    ...(has(TAINT.slot) ? [{ mark: 'slot', limitMs: SLOT_MS }] : []),
    ...(ANNOTATION.daemonSetsFirst in node.annotations ? [{ mark: 'cordon', limitMs: CORDON_MS }] : []),
  ];
}
