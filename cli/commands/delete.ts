// `dovetail delete nodepool NAME`, or `-f …`: takes documents out of wherever they are kept. Nodes stay.
import { counted } from '../../lib/model/counted.ts';
import type { NodeClaim } from '../../lib/model/node-claim.ts';
import type { DocumentKind } from '../../lib/model/published-document.ts';
import { openDeployment } from '../deployed/deployment.ts';
import type { DeploymentOptions } from '../deployed/find-stack.ts';
import { keptAs, keptDocuments, type PlacedDocument } from '../deployed/kept-documents.ts';
import { type Named, namedResources, RESOURCES, unknownName } from '../deployed/resource.ts';
import { manifestOfText, nodeClassNameOf, writtenDocuments } from '../deployed/written-documents.ts';
import { EXIT } from '../exit-code.ts';
import { readInputs } from '../input-files.ts';
import { throwErrors } from '../load-input.ts';
import { writeErrLines, writeOut } from '../output.ts';
import { UserError } from '../user-error.ts';

export interface DeleteArgs extends DeploymentOptions {
  /** `nodepool` or `nodeclass`; absent when files name the documents. */
  readonly resource?: string;
  readonly names: readonly string[];
  readonly paths: readonly string[];
}

/** Throws `UserError` when one of them is not kept anywhere; nothing is deleted then. */
export async function deleteCommand(args: DeleteArgs): Promise<number> {
  const named = namedDocuments(args);
  const deployment = await openDeployment(args);
  const kept = await keptDocuments(deployment);
  const going = foundDocuments(named, kept);
  const claims = await deployment.claims.listLive();
  for (const document of going) {
    await deployment.stores[document.place].remove(document);
    await writeOut(`${RESOURCES[document.kind].singular} "${document.name}" deleted\n`);
  }
  const staying = kept.filter((each) => !going.includes(each));
  await writeErrLines(going.map((document) => consequence(document, staying, claims)));
  // A parameter that goes is an event that wakes the publisher by itself.
  if (going.some(({ place }) => place === 'table')) await deployment.tellPublisher();
  return EXIT.good;
}

function namedDocuments({ resource, names, paths }: DeleteArgs): readonly Named<DocumentKind>[] {
  if (paths.length > 0) {
    if (resource !== undefined)
      throw new UserError(['give either a resource with its names or -f, not both']);
    return documentsOfFiles(paths);
  }
  if (resource === undefined || (names.length === 0 && !resource.includes('/'))) {
    throw new UserError(['nothing to delete: name it, as in "delete nodepool general", or give -f']);
  }
  return namedResources([resource, ...names], ['NodePool', 'EC2NodeClass']);
}

/** Only kinds and names are read: a document that is wrong otherwise can be deleted as well. */
function documentsOfFiles(paths: readonly string[]): readonly Named<DocumentKind>[] {
  const { files, problems } = readInputs(paths);
  const { documents, findings } = writtenDocuments(files);
  throwErrors(findings, problems);
  return documents;
}

function foundDocuments(
  named: readonly Named<DocumentKind>[],
  kept: readonly PlacedDocument[],
): readonly PlacedDocument[] {
  const missing = named.filter((each) => keptAs(kept, each).length === 0);
  if (missing.length > 0) {
    throw new UserError(
      missing.flatMap(({ kind, name }) => unknownName(kind, name, namesOf(kind, kept)).problems),
    );
  }
  return [...new Set(named.flatMap((each) => keptAs(kept, each)))];
}

const namesOf = (kind: DocumentKind, kept: readonly PlacedDocument[]): string[] => [
  ...new Set(kept.filter((each) => each.kind === kind).map(({ name }) => name)),
];

function consequence(
  { kind, name }: Named<DocumentKind>,
  staying: readonly PlacedDocument[],
  claims: readonly NodeClaim[],
): string {
  if (kind === 'NodePool') {
    const nodes = claims.filter(({ nodePool }) => nodePool.name === name).length;
    return `NodePool ${name}: nothing is launched for it any more; ${nodes === 0 ? 'it has no nodes' : `its ${counted(nodes, 'node')} and their pods stay`}`;
  }
  const users = staying
    .filter((each) => each.kind === 'NodePool')
    .filter(({ text }) => nodeClassNameOf(manifestOfText(text)) === name)
    .map((pool) => pool.name);
  if (users.length === 0) return `EC2NodeClass ${name}: no NodePool names it; nodes stay`;
  return `EC2NodeClass ${name}: nothing is launched any more for NodePools that name it (${users.join(', ')}); their nodes stay`;
}
