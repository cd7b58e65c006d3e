import type {
  PublishedDocument,
  PublishedNodeClass,
  PublishedNodePool,
} from '../../lib/model/published-document.ts';
import type { Publication } from '../../lib/ports/publication.ts';
import { aNodePool } from './builders.ts';
import { START_MS } from './memory-clock.ts';
import { aNodeClass, aResolvedNodeClass } from './memory-documents.ts';

const COMMON = {
  schemaVersion: 1,
  version: 1,
  origin: 'ssm:/dovetail/test/a',
  status: { state: 'valid', notes: [] },
  statusSinceMs: START_MS,
} as const;

export const aPublishedNodePool = (overrides: Partial<PublishedNodePool> = {}): PublishedNodePool => {
  const document = aNodePool(overrides.name === undefined ? {} : { name: overrides.name });
  return {
    ...COMMON,
    kind: 'NodePool',
    name: document.name,
    running: { document, sinceMs: START_MS },
    ...overrides,
  };
};

export const aPublishedNodeClass = (overrides: Partial<PublishedNodeClass> = {}): PublishedNodeClass => {
  const document = aNodeClass(overrides.name === undefined ? {} : { name: overrides.name });
  return {
    ...COMMON,
    kind: 'EC2NodeClass',
    name: document.name,
    running: { document, sinceMs: START_MS },
    resolution: { resolved: aResolvedNodeClass({ name: document.name }), images: [] },
    ...overrides,
  };
};

/** Writes `next` over whatever version is there. */
export async function overwrite(publication: Publication, next: PublishedDocument): Promise<void> {
  const known = (await publication.list()).find(({ kind, name }) => kind === next.kind && name === next.name);
  await publication.put({ ...next, version: (known?.version ?? 0) + 1 });
}
