import type { DocumentKind } from '../model/published-document.ts';

/** Documents as users wrote them, wherever they keep them. */
export interface DocumentSource {
  /** All there are, sorted by kind, name and origin. A failure throws: an incomplete list would call documents vanished. */
  list(): Promise<readonly SourceDocument[]>;
}

export interface SourceDocument {
  readonly kind: DocumentKind;
  /** The name that it is kept under; `metadata.name` has to be the same. */
  readonly name: string;
  /** What findings call the text: `ssm:/dovetail/prod/nodepools/general`. */
  readonly origin: string;
  /** YAML or JSON. */
  readonly text: string;
}
