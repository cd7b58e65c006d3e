// Waits until the publisher has looked at documents as they are kept now.
import { hashOfTexts, type PublishedDocument } from '../../lib/model/published-document.ts';
import type { DocumentText } from '../../lib/ports/document-store.ts';
import type { Deployment } from './deployment.ts';

/** A cold publisher asks EC2 about every NodeClass; what takes longer than this has failed. */
const WAIT_MAX_MS = 120_000;
const LOOK_EVERY_MS = 1_000;

/** What was published of each document in the text given, in their order; undefined where that was not looked at yet. */
export async function publishedOf(
  { publication }: Pick<Deployment, 'publication'>,
  documents: readonly DocumentText[],
): Promise<readonly (PublishedDocument | undefined)[]> {
  const published = await publication.list();
  return documents.map(({ kind, name, text }) =>
    published.find(
      (each) => each.kind === kind && each.name === name && each.textsHash === hashOfTexts([text]),
    ),
  );
}

/** The same, once the publisher has looked at all of them or the wait is over. */
export async function awaitPublished(
  deployment: Pick<Deployment, 'clock' | 'publication'>,
  documents: readonly DocumentText[],
): Promise<readonly (PublishedDocument | undefined)[]> {
  const { clock } = deployment;
  const untilMs = clock.nowMs() + WAIT_MAX_MS;
  for (;;) {
    const published = await publishedOf(deployment, documents);
    if (!published.includes(undefined) || clock.nowMs() >= untilMs) return published;
    await clock.sleep(LOOK_EVERY_MS);
  }
}
