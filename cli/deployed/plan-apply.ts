// What applying documents would do, against what is kept. Pure.

import type { Finding } from '../../lib/config/finding.ts';
import { assertNever } from '../../lib/model/assert-never.ts';
import { stableJson } from '../../lib/model/stable-json.ts';
import type { DocumentStore, KeptDocument } from '../../lib/ports/document-store.ts';
import { keptAs, type PlacedDocument } from './kept-documents.ts';
import type { Place } from './places.ts';
import {
  manifestOfText,
  NODE_CLASS_NAME,
  nodeClassNameOf,
  type WrittenDocument,
} from './written-documents.ts';

export interface PlannedWrite {
  readonly document: WrittenDocument;
  readonly change: 'created' | 'configured' | 'unchanged';
  readonly before?: KeptDocument;
}

export interface ApplyPlan {
  /** EC2NodeClasses first, otherwise in the order of the input. */
  readonly writes: readonly PlannedWrite[];
  /** Errors: a document that cannot be kept here. Notes: what a NodePool waits for. */
  readonly findings: readonly Finding[];
}

export interface ApplyTarget {
  readonly place: Place;
  readonly store: Pick<DocumentStore, 'refusal'>;
}

export function planApply(
  documents: readonly WrittenDocument[],
  kept: readonly PlacedDocument[],
  target: ApplyTarget,
): ApplyPlan {
  const ordered = [
    ...documents.filter(({ kind }) => kind === 'EC2NodeClass'),
    ...documents.filter(({ kind }) => kind === 'NodePool'),
  ];
  return {
    writes: ordered.map((document) => plannedWrite(document, keptAs(kept, document))),
    findings: documents.flatMap((document) => [
      ...misplaced(document, keptAs(kept, document), target.place),
      ...refused(document, target.store),
      ...missingNodeClass(document, documents, kept),
    ]),
  };
}

/** One that says the same keeps its text, with the comments somebody may have written into it. */
function plannedWrite(document: WrittenDocument, [before]: readonly PlacedDocument[]): PlannedWrite {
  if (before === undefined) return { document, change: 'created' };
  const same = stableJson(manifestOfText(before.text)) === stableJson(document.manifest);
  return { document, change: same ? 'unchanged' : 'configured', before };
}

/** In two places at once the publisher would refuse it. */
function misplaced(
  { object, kind, name }: WrittenDocument,
  there: readonly PlacedDocument[],
  place: Place,
): Finding[] {
  const elsewhere = there.filter((each) => each.place !== place);
  if (elsewhere.length === 0) return [];
  const origins = elsewhere.map(({ origin }) => origin).join(', ');
  const message = `${kind} "${name}" is kept at ${origins}: ${adviceFor(place)}`;
  return [object.finding(['metadata', 'name'], message)];
}

function adviceFor(place: Place): string {
  switch (place) {
    case 'table':
      return 'apply it with --to ssm, or delete it there first';
    case 'ssm':
      return 'apply it without --to ssm, or delete it there first';
    default:
      return assertNever(place);
  }
}

function refused(document: WrittenDocument, store: ApplyTarget['store']): Finding[] {
  const why = store.refusal(document);
  return why === undefined ? [] : [document.object.finding([], why)];
}

function missingNodeClass(
  { kind, object, manifest }: WrittenDocument,
  documents: readonly WrittenDocument[],
  kept: readonly PlacedDocument[],
): Finding[] {
  if (kind !== 'NodePool') return [];
  const name = nodeClassNameOf(manifest);
  const known = [...documents, ...kept].some((each) => each.kind === 'EC2NodeClass' && each.name === name);
  if (known) return [];
  const message = `there is no EC2NodeClass "${name}" yet: nothing is launched until it is applied`;
  return [object.finding(NODE_CLASS_NAME, message, 'note')];
}
