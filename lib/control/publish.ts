// Publishes the last good version of every document with what became of its newest, and the catalogue of what the region
// sells. Woken every hour and by changes of documents.
// Second delivery: publishes the same again, which writes nothing. Two at a time: the stored documents are read before
// their texts and written on the condition that they did not change since; who loses starts over from newer texts.
import { assertNever } from '../model/assert-never.ts';
import { counted } from '../model/counted.ts';
import { ConflictError, DovetailError } from '../model/errors.ts';
import type { PublishedDocument, PublishedNodeClass } from '../model/published-document.ts';
import { compareText, stableJson } from '../model/stable-json.ts';
import type { Discovery } from '../ports/discovery.ts';
import type { DocumentSource, SourceDocument } from '../ports/document-source.ts';
import type { UnusedTemplates } from '../ports/launch-templates.ts';
import type { Publication } from '../ports/publication.ts';
import type { ControlDeps } from './deps.ts';
import { guarded } from './guarded.ts';
import { nextNodeClass, type RolesAndDiscovery } from './publish-node-class.ts';
import { nextNodePool } from './publish-node-pool.ts';

export interface PublishDeps extends Pick<ControlDeps, 'clock' | 'events' | 'metrics'> {
  readonly source: DocumentSource;
  readonly publication: Publication;
  readonly discovery: Discovery;
  readonly unusedTemplates: UnusedTemplates;
  /** Roles that nodes of this installation may have. */
  readonly nodeRoles: readonly string[];
}

/** A catalogue younger than this is left as it is when a document changes; the hourly run finds it older. */
const CATALOGUE_FRESH_MS = 50 * 60_000;
/** Publishers that meet start over this often; the last of them reads what all others wrote. */
const MAX_TRIES = 5;

/** Throws `PublishIncomplete`, retry same-request, when something could not be found out: the rest is published. */
export async function publish(deps: PublishDeps): Promise<void> {
  const documents = await guarded(deps, 'documents', () => publishDocuments(deps));
  const catalogue = await guarded(deps, 'catalogue', () => publishCatalogue(deps));
  // Nobody waits for it, and the next hour tries again.
  await guarded(deps, 'launch templates', () => removeTemplates(deps));
  if (documents && catalogue) return;
  throw new DovetailError(
    'PublishIncomplete',
    'not everything could be published: see the events before this one; it is tried again',
    'same-request',
  );
}

async function publishDocuments(deps: PublishDeps): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await publishOnce(deps);
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt === MAX_TRIES) throw error;
    }
  }
}

/** NodeClasses come first, because what NodePools say depends on them. */
async function publishOnce(deps: PublishDeps): Promise<void> {
  const before = await deps.publication.list();
  const sources = await deps.source.list();
  const nowMs = deps.clock.nowMs();
  const classes = new Map<string, PublishedNodeClass>();
  const failures: unknown[] = [];
  for (const { name, found, known } of documentsOf('EC2NodeClass', before, sources)) {
    try {
      const facts: RolesAndDiscovery = { nodeRoles: deps.nodeRoles, discovery: deps.discovery };
      const next = await nextNodeClass(facts, { name, sources: found, before: known, nowMs });
      await put(deps, known, next);
      classes.set(name, next);
    } catch (error) {
      // EC2 did not answer: the document stays as it was published, and the others are looked at.
      if (error instanceof ConflictError) throw error;
      failures.push(error);
      if (known !== undefined) classes.set(name, known);
    }
  }
  for (const { name, found, known } of documentsOf('NodePool', before, sources)) {
    await put(deps, known, nextNodePool({ name, sources: found, before: known, nowMs }, classes));
  }
  if (failures.length > 0) throw failures[0];
}

interface Documents<Kind extends PublishedDocument['kind']> {
  readonly name: string;
  readonly found: readonly SourceDocument[];
  readonly known: Extract<PublishedDocument, { kind: Kind }> | undefined;
}

/** Every name of the kind that is written somewhere or was published, sorted. */
function documentsOf<Kind extends PublishedDocument['kind']>(
  kind: Kind,
  before: readonly PublishedDocument[],
  sources: readonly SourceDocument[],
): Documents<Kind>[] {
  const published = before.filter(
    (each): each is Extract<PublishedDocument, { kind: Kind }> => each.kind === kind,
  );
  const written = sources.filter((each) => each.kind === kind);
  const names = new Set([...published, ...written].map(({ name }) => name));
  return [...names].sort(compareText).map((name) => ({
    name,
    found: written.filter((each) => each.name === name),
    known: published.find((each) => each.name === name),
  }));
}

/** Writes what changed, and tells of a status that did. */
async function put(
  deps: PublishDeps,
  before: PublishedDocument | undefined,
  next: PublishedDocument,
): Promise<void> {
  if (next.status.state === 'error' || next.status.state === 'not-ready') {
    deps.metrics.count('DocumentsNotReady', 1, { kind: next.kind, state: next.status.state });
  }
  if (before !== undefined && stableJson({ ...before, version: next.version }) === stableJson(next)) return;
  await deps.publication.put(next);
  const { kind, name, origin, status } = next;
  deps.events.emit({
    type: 'DocumentPublished',
    message: `${kind} ${name}: ${statusText(next)}`,
    fields: { kind, name, origin, state: status.state },
  });
}

function statusText({ status, running }: PublishedDocument): string {
  switch (status.state) {
    case 'valid':
      return 'published';
    case 'error':
      return `refused${running === undefined ? '' : ', the last good version runs on'}: ${status.findings.join('; ')}`;
    case 'not-ready':
      return `not ready: ${status.reason}`;
    case 'vanished':
      return 'gone: nothing is launched for it any more, its nodes stay';
    default:
      return assertNever(status);
  }
}

async function publishCatalogue(deps: PublishDeps): Promise<void> {
  const known = await deps.publication.catalogue();
  const nowMs = deps.clock.nowMs();
  if (known !== undefined && nowMs - known.storedAtMs < CATALOGUE_FRESH_MS) return;
  const { id, types } = await deps.discovery.storeCatalogue();
  await deps.publication.putCatalogue({ id, types, storedAtMs: nowMs });
  if (id === known?.id) return;
  deps.events.emit({
    type: 'CataloguePublished',
    message: `the region sells ${types} instance types; catalogue ${id}`,
    fields: { catalogue: id, types },
  });
}

/** Every edit and every new image makes templates; an account has room for 5,000 in a region. */
async function removeTemplates(deps: PublishDeps): Promise<void> {
  const names = await deps.unusedTemplates.remove();
  if (names.length === 0) return;
  deps.events.emit({
    type: 'LaunchTemplatesRemoved',
    message: `${counted(names.length, 'launch template')} that no NodePool needs any more removed`,
    fields: { names },
  });
}
