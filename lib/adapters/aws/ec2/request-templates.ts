import { launchTemplatesOf } from '../../../bootstrap/launch-templates.ts';
import { DovetailError } from '../../../model/errors.ts';
import type { ClusterFacts, Image, LaunchTemplate } from '../../../model/launch-template.ts';
import type { NodeClass, ResolvedNodeClass } from '../../../model/node-class.ts';
import type { NodePool } from '../../../model/node-pool.ts';
import type { FleetRequest } from '../../../model/plan.ts';
import type { Catalog } from '../../../ports/catalog.ts';
import type { Documents } from '../../../ports/documents.ts';

export interface TemplateFacts {
  readonly installation: string;
  readonly documents: Documents;
  readonly catalog: Catalog;
  readonly cluster: () => Promise<ClusterFacts>;
  /** What the NodeClass's image terms select today. */
  readonly images: (nodeClass: NodeClass) => Promise<readonly Image[]>;
  /** Role name to the name of its instance profile. */
  readonly instanceProfiles: Readonly<Record<string, string>>;
}

/**
 * What the instances of a request start from: the launch templates of its pool and class for the types of its overrides.
 * Errors: `DocumentsNotReady`, retry same-request, when one of the documents is gone since the request was stored, and
 * those of `launchTemplatesOf`.
 */
export async function requestTemplates(
  facts: TemplateFacts,
  { launchTemplate: ref, overrides }: FleetRequest,
): Promise<readonly LaunchTemplate[]> {
  const { documents } = facts;
  const nodePool = (await documents.nodePools()).find(({ name }) => name === ref.nodePool);
  const nodeClass = (await documents.nodeClasses()).find(({ name }) => name === ref.nodeClass);
  const resolved = await documents.resolvedNodeClass(ref.nodeClass);
  if (nodePool === undefined || nodeClass === undefined || resolved === undefined) {
    throw new DovetailError(
      'DocumentsNotReady',
      `NodePool ${ref.nodePool} or EC2NodeClass ${ref.nodeClass} is not there or not ready: publish both`,
      'same-request',
    );
  }
  const wanted = new Set(overrides.map(({ instanceType }) => instanceType));
  const types = await facts.catalog.instanceTypes(nodeClass, resolved);
  return launchTemplatesOf({
    ...(await inputOf(facts, nodePool, nodeClass, resolved)),
    types: types.filter(({ name }) => wanted.has(name)),
    efa: ref.efa === true,
    enclave: ref.enclave === true,
  });
}

const inputOf = async (
  { installation, instanceProfiles, cluster, images }: TemplateFacts,
  nodePool: NodePool,
  nodeClass: NodeClass,
  { securityGroupIds }: ResolvedNodeClass,
) => ({
  ...{ installation, instanceProfiles, nodePool, nodeClass, securityGroupIds },
  cluster: await cluster(),
  images: await images(nodeClass),
});

/**
 * Names of the templates that requests of today could be launched from: those of every pool whose class is ready, for all
 * types and for pods that ask for what changes a template.
 */
export async function templatesOfToday(facts: TemplateFacts): Promise<ReadonlySet<string>> {
  const { documents, catalog } = facts;
  const classes = new Map((await documents.nodeClasses()).map((nodeClass) => [nodeClass.name, nodeClass]));
  const names = new Set<string>();
  for (const nodePool of await documents.nodePools()) {
    const nodeClass = classes.get(nodePool.template.nodeClass);
    const resolved = nodeClass && (await documents.resolvedNodeClass(nodeClass.name));
    if (nodeClass === undefined || resolved === undefined) continue;
    const input = await inputOf(facts, nodePool, nodeClass, resolved);
    const types = await catalog.instanceTypes(nodeClass, resolved);
    for (const efa of [false, true]) {
      for (const enclave of [false, true]) {
        for (const { name } of launchTemplatesOf({ ...input, types, efa, enclave })) names.add(name);
      }
    }
  }
  return names;
}
