import { readNodePool } from '../config/node-pool.ts';
import type { NodePool } from '../model/node-pool.ts';
import type { PublishedNodeClass, PublishedNodePool } from '../model/published-document.ts';
import { commonMembers, runningOf, type Step, statusOf } from './publish-next.ts';
import { readSources } from './publish-reading.ts';

/** What is published of a NodePool now. `classes` is what was just published of the EC2NodeClasses, by name. */
export function nextNodePool(
  step: Step<PublishedNodePool>,
  classes: ReadonlyMap<string, PublishedNodeClass>,
): PublishedNodePool {
  const { sources, before, nowMs } = step;
  if (sources.length === 0 && before !== undefined) {
    return { ...before, ...commonMembers(step, { state: 'vanished' }) };
  }
  const reading = readSources('NodePool', sources, readNodePool);
  const running = runningOf(reading, before?.running, nowMs);
  const reason = running === undefined ? undefined : waitsFor(running.document, classes);
  return {
    kind: 'NodePool',
    ...commonMembers(step, statusOf(reading, reason)),
    ...(running === undefined ? {} : { running }),
  };
}

function waitsFor(
  { template }: NodePool,
  classes: ReadonlyMap<string, PublishedNodeClass>,
): string | undefined {
  const name = template.nodeClass;
  const nodeClass = classes.get(name);
  if (nodeClass === undefined || nodeClass.status.state === 'vanished') {
    return `EC2NodeClass "${name}" is not there: put a document of that name, or name another`;
  }
  if (nodeClass.running === undefined) return `EC2NodeClass "${name}" has no good version: see its status`;
  if (nodeClass.resolution !== undefined) return undefined;
  const why = nodeClass.status.state === 'not-ready' ? nodeClass.status.reason : 'see its status';
  return `EC2NodeClass "${name}" is not ready: ${why}`;
}
