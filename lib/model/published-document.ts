/** What the publisher says about one document: the last good version of it, which runs, and what became of the newest. */
import type { Image } from './launch-template.ts';
import type { NodeClass, ResolvedNodeClass } from './node-class.ts';
import type { NodePool } from './node-pool.ts';
import { stableHash } from './stable-json.ts';

/** Documents as users name them: a NodePool, or an EC2NodeClass. */
export type DocumentKind = 'NodePool' | 'EC2NodeClass';

export type DocumentStatus =
  /** The newest text runs. `notes` say what was understood differently than one might expect. */
  | { readonly state: 'valid'; readonly notes: readonly string[] }
  /** The newest text is wrong, each finding as `file:line:column: message (path)`; the last good version runs on, if there was one. */
  | { readonly state: 'error'; readonly findings: readonly string[] }
  /** The newest text is good and launches nothing yet: something that it names is not there. */
  | { readonly state: 'not-ready'; readonly reason: string }
  /** The document is gone: nothing is launched for it any more, its nodes stay. */
  | { readonly state: 'vanished' };

interface Published<Kind extends DocumentKind, Document> {
  readonly schemaVersion: 1;
  readonly kind: Kind;
  readonly name: string;
  /** Rises by one with every write; 1 at first. */
  readonly version: number;
  /** Where the newest text was found, as findings name it. */
  readonly origin: string;
  readonly status: DocumentStatus;
  readonly statusSinceMs: number;
  /** When the publisher first saw it. Absent in what earlier releases published, as is the next member. */
  readonly createdAtMs?: number;
  /** Of which texts the status speaks: their `hashOfTexts`. */
  readonly textsHash?: string;
  /** The last good version. Absent until there is one. */
  readonly running?: { readonly document: Document; readonly sinceMs: number };
}

export type PublishedNodePool = Published<'NodePool', NodePool>;

export interface PublishedNodeClass extends Published<'EC2NodeClass', NodeClass> {
  /** What the running version names in EC2. Absent while it is not ready. */
  readonly resolution?: NodeClassResolution;
}

/** Names the texts that are kept under one name, in the order of their origins; none when it vanished. */
export const hashOfTexts = (texts: readonly string[]): string => stableHash(texts);

export type PublishedDocument = PublishedNodePool | PublishedNodeClass;

export interface NodeClassResolution {
  readonly resolved: ResolvedNodeClass;
  /** All images that its terms select, sorted by id. */
  readonly images: readonly Image[];
}

/** A catalogue of what the region sells, stored under the hash of its content. */
export interface CatalogueVersion {
  readonly id: string;
  readonly storedAtMs: number;
  /** How many instance types it has. */
  readonly types: number;
}
