import type { NodeClass, ResolvedNodeClass } from '../model/node-class.ts';
import type { ControlDeps } from './deps.ts';

/** A NodeClass with what EC2 says it names; undefined while it is not there or not ready. */
export async function readyNodeClass(
  deps: Pick<ControlDeps, 'documents'>,
  name: string,
): Promise<{ readonly nodeClass: NodeClass; readonly resolved: ResolvedNodeClass } | undefined> {
  const nodeClass = (await deps.documents.nodeClasses()).find((each) => each.name === name);
  const resolved = await deps.documents.resolvedNodeClass(name);
  return nodeClass === undefined || resolved === undefined ? undefined : { nodeClass, resolved };
}
