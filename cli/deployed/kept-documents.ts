// What is kept in all places together.
import type { DocumentKind } from '../../lib/model/published-document.ts';
import { compareText } from '../../lib/model/stable-json.ts';
import type { KeptDocument } from '../../lib/ports/document-store.ts';
import type { Deployment } from './deployment.ts';
import { PLACES, type Place } from './places.ts';

export interface PlacedDocument extends KeptDocument {
  readonly place: Place;
}

/** Sorted by origin, as the publisher reads them. */
export async function keptDocuments({
  stores,
}: Pick<Deployment, 'stores'>): Promise<readonly PlacedDocument[]> {
  const kept: PlacedDocument[] = [];
  for (const place of PLACES) {
    for (const document of await stores[place].list()) kept.push({ ...document, place });
  }
  return kept.sort((a, b) => compareText(a.origin, b.origin));
}

export const keptAs = (
  kept: readonly PlacedDocument[],
  { kind, name }: { readonly kind: DocumentKind; readonly name: string },
): PlacedDocument[] => kept.filter((each) => each.kind === kind && each.name === name);
