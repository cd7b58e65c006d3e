// `dovetail get nodepools|nodeclasses|nodeclaims`: what is deployed, as kubectl shows Karpenter's objects.
import { stringify } from 'yaml';
import { assertNever } from '../../lib/model/assert-never.ts';
import type { DocumentKind } from '../../lib/model/published-document.ts';
import { documentObject, type KubeObject } from '../../lib/report/document-object.ts';
import { type DocumentRow, documentState } from '../../lib/report/document-state.ts';
import { nodeClassTable, nodePoolTable } from '../../lib/report/document-table.ts';
import { nodeClaimObject } from '../../lib/report/node-claim-object.ts';
import { nodeClaimTable } from '../../lib/report/node-claim-table.ts';
import { type Deployment, openDeployment } from '../deployed/deployment.ts';
import { documentRows, isOldAndGone } from '../deployed/document-rows.ts';
import type { DeploymentOptions } from '../deployed/find-stack.ts';
import {
  namedResources,
  type ResourceKind,
  resourceKind,
  titleOf,
  unknownName,
} from '../deployed/resource.ts';
import { EXIT } from '../exit-code.ts';
import { writeErrLines, writeOut } from '../output.ts';
import { UserError } from '../user-error.ts';

export interface GetArgs extends DeploymentOptions {
  readonly resource: string;
  /** Absent shows all. */
  readonly name?: string;
  /** Absent is the narrow table. */
  readonly output?: 'wide' | 'json' | 'yaml';
}

interface Shown {
  readonly objects: readonly KubeObject[];
  readonly table: (wide: boolean) => readonly string[];
  /** What the narrow table has no column for. */
  readonly remarks: readonly string[];
}

/** Throws `UserError` for a name that is not there. */
export async function getCommand(args: GetArgs): Promise<number> {
  const { kind, name } = wanted(args);
  const deployment = await openDeployment(args);
  const shown =
    kind === 'NodeClaim' ? await claimsShown(deployment, name) : await documentsShown(deployment, kind, name);
  const { objects, remarks } = shown;
  switch (args.output) {
    case 'json':
      await writeOut(`${JSON.stringify(listed(objects, name), undefined, 2)}\n`);
      break;
    case 'yaml':
      await writeOut(stringify(listed(objects, name), { compat: 'yaml-1.1', aliasDuplicateObjects: false }));
      break;
    case 'wide':
    case undefined: {
      const wide = args.output === 'wide';
      if (objects.length === 0) await writeErrLines(['No resources found']);
      else await writeOut(`${shown.table(wide).join('\n')}\n`);
      if (!wide) await writeErrLines(remarks);
      break;
    }
    default:
      return assertNever(args.output);
  }
  return EXIT.good;
}

const KINDS = ['NodePool', 'EC2NodeClass', 'NodeClaim'] as const;

/** Without a name, all of the kind. */
function wanted({ resource, name }: GetArgs): { readonly kind: ResourceKind; readonly name?: string } {
  const [one, another] = namedResources(name === undefined ? [resource] : [resource, name], KINDS);
  if (another !== undefined)
    throw new UserError(['get shows one by its name, or all of a kind: ask one by one']);
  return one ?? { kind: resourceKind(resource, KINDS) };
}

/** One object by its name; a List otherwise. */
const listed = (objects: readonly KubeObject[], name: string | undefined): unknown =>
  name === undefined ? { apiVersion: 'v1', kind: 'List', items: objects } : objects[0];

async function claimsShown({ claims, clock }: Deployment, name: string | undefined): Promise<Shown> {
  const live = await claims.listLive();
  const chosen = live.filter((claim) => name === undefined || claim.name === name);
  if (name !== undefined && chosen.length === 0) {
    throw unknownName(
      'NodeClaim',
      name,
      live.map((claim) => claim.name),
    );
  }
  const atMs = clock.nowMs();
  return {
    objects: chosen.map(nodeClaimObject),
    table: (wide) =>
      nodeClaimTable(
        chosen.map((claim) => ({ claim, atMs })),
        { wide },
      ),
    remarks: [],
  };
}

async function documentsShown(
  deployment: Deployment,
  kind: DocumentKind,
  name: string | undefined,
): Promise<Shown> {
  const nowMs = deployment.clock.nowMs();
  const all = await documentRows(deployment, kind);
  const rows = all.filter((row) => (name === undefined ? !isOldAndGone(row, nowMs) : row.name === name));
  if (name !== undefined && rows.length === 0) {
    throw unknownName(
      kind,
      name,
      all.map((row) => row.name),
    );
  }
  const table = kind === 'NodePool' ? nodePoolTable : nodeClassTable;
  return {
    objects: rows.map(documentObject),
    table: (wide) => table(rows, { nowMs, wide }),
    remarks: rows.flatMap(remark),
  };
}

function remark(row: DocumentRow): string[] {
  const { message } = documentState(row);
  return message === '' ? [] : [`${titleOf(row.kind, row.name)}: ${message}`];
}
