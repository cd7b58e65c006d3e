// What a document has come to, as a person reads it: Karpenter's Ready condition with a reason and a sentence.
import { assertNever } from '../model/assert-never.ts';
import type { DocumentKind, PublishedDocument } from '../model/published-document.ts';
import type { ResourceList } from '../model/resources.ts';

/** A document as it is kept, joined with what the publisher says of it and what runs for it. */
export interface DocumentRow {
  readonly kind: DocumentKind;
  readonly name: string;
  /** The newest text as an object; absent when it is gone or cannot be read. */
  readonly manifest?: Readonly<Record<string, unknown>>;
  /** That a NodePool names. */
  readonly nodeClass?: string;
  readonly published?: PublishedDocument;
  /** Whether the publisher has seen the newest text, or that it is gone. */
  readonly looked: boolean;
  /** Of its live NodeClaims, with their number as `nodes`. */
  readonly usage: ResourceList;
}

export interface DocumentState {
  readonly ready: 'True' | 'False' | 'Unknown';
  /** One word, as conditions have it. */
  readonly reason: 'Ready' | 'Invalid' | 'NotReady' | 'Vanished' | 'NotLookedAt';
  /** Empty when there is nothing to say. */
  readonly message: string;
}

export function documentState({
  published,
  looked,
}: Pick<DocumentRow, 'published' | 'looked'>): DocumentState {
  if (published === undefined) return notLookedAt('the publisher has not looked at it yet');
  const { status, running } = published;
  if (!looked) {
    return notLookedAt(
      `the publisher has not looked at the newest edit yet${running === undefined || status.state === 'vanished' ? '' : ': the last good version runs on'}`,
    );
  }
  switch (status.state) {
    case 'valid':
      return { ready: 'True', reason: 'Ready', message: '' };
    case 'error': {
      const until =
        running === undefined
          ? 'nothing is launched for it'
          : 'the last good version runs on until this is corrected';
      return { ready: 'False', reason: 'Invalid', message: `${status.findings.join('; ')}; ${until}` };
    }
    case 'not-ready':
      return { ready: 'False', reason: 'NotReady', message: status.reason };
    case 'vanished':
      return {
        ready: 'False',
        reason: 'Vanished',
        message: 'the document is gone: nothing is launched for it any more, its nodes stay',
      };
    default:
      return assertNever(status);
  }
}

const notLookedAt = (message: string): DocumentState => ({
  ready: 'Unknown',
  reason: 'NotLookedAt',
  message,
});
