import type { CatalogueVersion, PublishedDocument } from '../model/published-document.ts';

/** What the publisher wrote, for it and for the functions that read it; all read strongly. */
export interface Publication {
  /** Every document that was ever published, also vanished ones until they are forgotten; sorted by kind, then name. */
  list(): Promise<readonly PublishedDocument[]>;
  /** Conditional on `next.version - 1`, or on absence for version 1; throws `ConflictError<PublishedDocument>`. */
  put(next: PublishedDocument): Promise<void>;
  catalogue(): Promise<CatalogueVersion | undefined>;
  /** Last writer wins: both found out what is sold, within moments of each other. */
  putCatalogue(version: CatalogueVersion): Promise<void>;
}
