// Documents as they are kept, joined with what the publisher says and what runs for them.
import { usageByPool } from '../../lib/control/provisioning-input.ts';
import { type DocumentKind, hashOfTexts } from '../../lib/model/published-document.ts';
import { compareText } from '../../lib/model/stable-json.ts';
import type { DocumentRow } from '../../lib/report/document-state.ts';
import type { Deployment } from './deployment.ts';
import { keptAs, keptDocuments } from './kept-documents.ts';
import { manifestOfText, nodeClassNameOf } from './written-documents.ts';

/** Every document of the kind that is kept, or that the publisher still knows; sorted by name. */
export async function documentRows(
  deployment: Deployment,
  kind: DocumentKind,
): Promise<readonly DocumentRow[]> {
  const kept = await keptDocuments(deployment);
  const published = (await deployment.publication.list()).filter((each) => each.kind === kind);
  const usage = kind === 'NodePool' ? usageByPool(await deployment.claims.listLive()) : {};
  const names = new Set([...kept.filter((each) => each.kind === kind), ...published].map(({ name }) => name));
  return [...names].sort(compareText).map((name): DocumentRow => {
    const texts = keptAs(kept, { kind, name }).map(({ text }) => text);
    const known = published.find((each) => each.name === name);
    const manifest = texts[0] === undefined ? undefined : manifestOfText(texts[0]);
    const nodeClass = nodeClassNameOf(manifest);
    return {
      ...{ kind, name, usage: usage[name] ?? {} },
      // Earlier releases did not say which text they had seen.
      looked: known?.textsHash === undefined || known.textsHash === hashOfTexts(texts),
      ...(manifest === undefined ? {} : { manifest }),
      ...(nodeClass === undefined ? {} : { nodeClass }),
      ...(known === undefined ? {} : { published: known }),
    };
  });
}

const GONE_SHOWN_MS = 3_600_000;

/** Without nodes, and gone for an hour: the publisher remembers such a document for weeks, and a list need not show it. */
export const isOldAndGone = ({ published, looked, usage }: DocumentRow, nowMs: number): boolean =>
  looked &&
  published?.status.state === 'vanished' &&
  nowMs - published.statusSinceMs > GONE_SHOWN_MS &&
  (usage['nodes'] ?? 0) === 0;
