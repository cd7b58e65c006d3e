import type { DocumentKind } from '../model/published-document.ts';
import type { DocumentSource, SourceDocument } from './document-source.ts';

/** One place where users keep documents, as the command line changes it: no edit is lost that it has not seen. */
export interface DocumentStore extends DocumentSource {
  list(): Promise<readonly KeptDocument[]>;
  /** What findings call a document of that name here, whether it is there or not. */
  originOf(kind: DocumentKind, name: string): string;
  /** Why this place cannot hold the text, with its limit; undefined when it can. Asks nobody. */
  refusal(document: DocumentText): string | undefined;
  /**
   * Writes the text if what is kept is still `before`, or still nothing when that is absent; throws `ConflictError`
   * otherwise. A second call with the same `before` throws it too.
   */
  put(document: DocumentText, before: KeptDocument | undefined): Promise<void>;
  /** Removes it if it is still as it was read; throws `ConflictError` otherwise. One that is gone is not an error. */
  remove(kept: KeptDocument): Promise<void>;
}

export type DocumentText = Pick<SourceDocument, 'kind' | 'name' | 'text'>;

export interface KeptDocument extends SourceDocument {
  /** Another one with every write. */
  readonly revision: string;
}
