// The members that both kinds of published documents have, one step on. Pure.
import { type DocumentStatus, hashOfTexts, type PublishedDocument } from '../model/published-document.ts';
import { stableJson } from '../model/stable-json.ts';
import type { SourceDocument } from '../ports/document-source.ts';
import type { Reading } from './publish-reading.ts';

export interface Step<Before extends PublishedDocument> {
  readonly name: string;
  /** Every text that is kept under the name; none when it vanished. */
  readonly sources: readonly SourceDocument[];
  readonly before: Before | undefined;
  readonly nowMs: number;
}

interface Running<T> {
  readonly document: T;
  readonly sinceMs: number;
}

/** The version that runs: the newest good one. One that came out as before has run since before. */
export function runningOf<T>(
  reading: Reading<T>,
  before: Running<T> | undefined,
  nowMs: number,
): Running<T> | undefined {
  if (reading.kind === 'wrong') return before;
  const same = before !== undefined && stableJson(before.document) === stableJson(reading.document);
  return same ? before : { document: reading.document, sinceMs: nowMs };
}

/** What is wrong with the text comes before what it waits for. */
export function statusOf(reading: Reading<unknown>, notReady: string | undefined): DocumentStatus {
  if (reading.kind === 'wrong') return { state: 'error', findings: reading.findings };
  return notReady === undefined
    ? { state: 'valid', notes: reading.notes }
    : { state: 'not-ready', reason: notReady };
}

export function commonMembers<Before extends PublishedDocument>(
  { name, sources, before, nowMs }: Step<Before>,
  status: DocumentStatus,
) {
  const same = before !== undefined && before.status.state === status.state;
  return {
    schemaVersion: 1,
    name,
    version: (before?.version ?? 0) + 1,
    origin: sources[0]?.origin ?? before?.origin ?? '',
    status,
    statusSinceMs: same ? before.statusSinceMs : nowMs,
    createdAtMs: createdAtMs(before, sources.length > 0) ?? nowMs,
    textsHash: hashOfTexts(sources.map(({ text }) => text)),
  } as const;
}

/** One that comes back is a new one. What earlier releases published does not say it. */
function createdAtMs(before: PublishedDocument | undefined, found: boolean): number | undefined {
  if (before?.status.state === 'vanished' && found) return undefined;
  return before?.createdAtMs ?? before?.running?.sinceMs;
}
