// `dovetail apply -f …`: NodePools and EC2NodeClasses into the table or SSM, after everything that `validate` looks at.
import { EMBEDDED_REGIONS, EmbeddedCatalog } from '../../lib/adapters/memory/embedded-catalog.ts';
import { ConflictError, DovetailError } from '../../lib/model/errors.ts';
import type { PublishedDocument } from '../../lib/model/published-document.ts';
import type { DocumentStore, DocumentText } from '../../lib/ports/document-store.ts';
import { documentState } from '../../lib/report/document-state.ts';
import { checkPools } from '../check-pools.ts';
import { awaitPublished, publishedOf } from '../deployed/await-published.ts';
import { type Deployment, openDeployment } from '../deployed/deployment.ts';
import type { DeploymentOptions } from '../deployed/find-stack.ts';
import { keptDocuments } from '../deployed/kept-documents.ts';
import type { Place } from '../deployed/places.ts';
import { type PlannedWrite, planApply } from '../deployed/plan-apply.ts';
import { titleOf } from '../deployed/resource.ts';
import { type WrittenDocument, writtenDocuments } from '../deployed/written-documents.ts';
import { EXIT } from '../exit-code.ts';
import { loadInput, noteLine, throwErrors } from '../load-input.ts';
import { writeErrLines, writeOut } from '../output.ts';

export interface ApplyArgs extends DeploymentOptions {
  readonly paths: readonly string[];
  readonly to: Place;
  readonly dryRun: boolean;
  readonly wait: boolean;
}

/** Throws `UserError` with every problem, before anything is written; gives 1 when `wait` ends with one not ready. */
export async function applyCommand(args: ApplyArgs): Promise<number> {
  const documents = await checkedDocuments(args.paths);
  const deployment = await openDeployment(args);
  const store = deployment.stores[args.to];
  const { writes, findings } = planApply(documents, await keptDocuments(deployment), {
    place: args.to,
    store,
  });
  throwErrors(findings);
  await writeErrLines(findings.map(noteLine));
  for (const write of writes) {
    if (!args.dryRun) await put(store, write);
    const { kind, name } = write.document;
    await writeOut(`${titleOf(kind, name)} ${write.change}${args.dryRun ? ' (dry run)' : ''}\n`);
  }
  if (args.dryRun) return EXIT.good;
  const texts = writes.map(textOf);
  // A change of a parameter is an event that wakes the publisher by itself. What an earlier command could not tell it, this one does.
  const unseen = args.to === 'table' && (await publishedOf(deployment, texts)).includes(undefined);
  if (unseen) await deployment.tellPublisher();
  return args.wait ? showPublished(deployment, texts) : EXIT.good;
}

/** An unchanged document stays in the text that it has. */
const textOf = ({ document, change, before }: PlannedWrite): DocumentText =>
  change === 'unchanged' && before !== undefined ? before : document;

async function checkedDocuments(paths: readonly string[]): Promise<readonly WrittenDocument[]> {
  const { files, documents, notes } = loadInput(paths, { requireNodeClasses: false });
  const { documents: written, findings } = writtenDocuments(files);
  const catalogs = EMBEDDED_REGIONS.map((region) => new EmbeddedCatalog(region));
  const all = [...findings, ...(await checkPools(documents, files, catalogs))];
  throwErrors(all);
  await writeErrLines([...notes, ...all.map(noteLine)]);
  return written;
}

async function put(store: DocumentStore, { document, change, before }: PlannedWrite): Promise<void> {
  if (change === 'unchanged') return;
  try {
    await store.put(document, before);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    throw new DovetailError(error.code, `${error.message} meanwhile: look at it and apply again`, 'never');
  }
}

async function showPublished(deployment: Deployment, texts: readonly DocumentText[]): Promise<number> {
  const published = await awaitPublished(deployment, texts);
  let exitCode: number = EXIT.good;
  for (const [index, { kind, name }] of texts.entries()) {
    const { ready, line } = outcome(published[index]);
    if (!ready) exitCode = EXIT.unmet;
    await writeOut(`${titleOf(kind, name)} ${line}\n`);
  }
  return exitCode;
}

function outcome(published: PublishedDocument | undefined): {
  readonly ready: boolean;
  readonly line: string;
} {
  if (published === undefined) {
    return { ready: false, line: 'not looked at in time: see the log of the publisher' };
  }
  const { ready, message } = documentState({ published, looked: true });
  return ready === 'True' ? { ready: true, line: 'ready' } : { ready: false, line: `not ready: ${message}` };
}
