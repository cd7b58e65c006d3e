import type { Image } from '../../model/launch-template.ts';
import type { NodeClass, ResolvedNodeClass } from '../../model/node-class.ts';
import type { NodePool } from '../../model/node-pool.ts';
import type { PublishedDocument, PublishedNodeClass } from '../../model/published-document.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Documents } from '../../ports/documents.ts';
import type { Publication } from '../../ports/publication.ts';

/** One plan or launch asks several times. Nobody notices an edit that counts this much later. */
const CACHE_MS = 5_000;

/** What the publisher published, as seen at most five seconds ago. */
export class PublishedDocuments implements Documents {
  readonly #publication: Publication;
  readonly #clock: Clock;
  #read: { readonly atMs: number; readonly documents: readonly PublishedDocument[] } | undefined;

  constructor(options: { readonly publication: Publication; readonly clock: Clock }) {
    this.#publication = options.publication;
    this.#clock = options.clock;
  }

  async nodePools(): Promise<readonly NodePool[]> {
    return (await this.#present()).flatMap((each) =>
      each.kind === 'NodePool' && each.running !== undefined ? [each.running.document] : [],
    );
  }

  async nodeClasses(): Promise<readonly NodeClass[]> {
    return (await this.#nodeClasses()).flatMap(({ running }) =>
      running === undefined ? [] : [running.document],
    );
  }

  async resolvedNodeClass(name: string): Promise<ResolvedNodeClass | undefined> {
    return (await this.#nodeClass(name))?.resolution?.resolved;
  }

  /** What the image terms of a NodeClass select today; none while it is not ready. */
  async images(name: string): Promise<readonly Image[]> {
    return (await this.#nodeClass(name))?.resolution?.images ?? [];
  }

  async #nodeClass(name: string): Promise<PublishedNodeClass | undefined> {
    return (await this.#nodeClasses()).find((each) => each.name === name);
  }

  async #nodeClasses(): Promise<readonly PublishedNodeClass[]> {
    return (await this.#present()).filter((each) => each.kind === 'EC2NodeClass');
  }

  /** All but the vanished ones, sorted by kind and name. */
  async #present(): Promise<readonly PublishedDocument[]> {
    const nowMs = this.#clock.nowMs();
    if (this.#read === undefined || nowMs - this.#read.atMs >= CACHE_MS) {
      this.#read = { atMs: nowMs, documents: await this.#publication.list() };
    }
    return this.#read.documents.filter(({ status }) => status.state !== 'vanished');
  }
}
