// The publisher's world in memory: texts that users keep, what EC2 answers, and what is published.
import { MemoryPublication } from '../../lib/adapters/memory/publication.ts';
import { type PublishDeps, publish } from '../../lib/control/publish.ts';
import type { DocumentKind, NodeClassResolution } from '../../lib/model/published-document.ts';
import type { DovetailEvent } from '../../lib/ports/events.ts';
import { nodeClassText, nodePoolText } from './documents.ts';
import { ManualClock } from './memory-clock.ts';
import { aResolvedNodeClass } from './memory-documents.ts';

export const A_RESOLUTION: NodeClassResolution = {
  resolved: aResolvedNodeClass({ name: 'a' }),
  images: [],
};

/** Begins with NodePool `a` of EC2NodeClass `a`, both good. */
export function aPublishingWorld() {
  const clock = new ManualClock();
  const publication = new MemoryPublication();
  const texts = new Map([
    ['EC2NodeClass a', nodeClassText()],
    ['NodePool a', nodePoolText()],
  ]);
  const events: DovetailEvent[] = [];
  const counts: string[] = [];
  const answers = {
    resolve: async () => A_RESOLUTION,
    catalogues: 0,
    removes: async (): Promise<string[]> => [],
  };
  const deps: PublishDeps = {
    clock,
    publication,
    nodeRoles: ['node-role'],
    events: { emit: (event) => void events.push(event) },
    metrics: { count: (name) => void counts.push(name), observe: () => {} },
    source: {
      list: async () =>
        [...texts].map(([key, text]) => {
          const [kind, name = '', place = 'ssm'] = key.split(' ');
          return { kind: kind as DocumentKind, name, origin: `${place}:${name}.yaml`, text };
        }),
    },
    unusedTemplates: { remove: () => answers.removes() },
    discovery: {
      resolve: () => answers.resolve(),
      storeCatalogue: async () => ({ id: `catalogue-${++answers.catalogues}`, types: 900 }),
    },
  };
  const get = async (kind: DocumentKind, name = 'a') =>
    (await publication.list()).find((each) => each.kind === kind && each.name === name);
  return {
    ...{ clock, publication, texts, events, counts, answers, deps },
    publish: () => publish(deps),
    nodePool: async () => get('NodePool'),
    nodeClass: async () => {
      const found = await get('EC2NodeClass');
      return found?.kind === 'EC2NodeClass' ? found : undefined;
    },
    statusOf: async (kind: DocumentKind, name = 'a') => (await get(kind, name))?.status,
  };
}
