import { describe, expect, it } from 'vitest';
import { awaitPublished } from '../../../cli/deployed/await-published.ts';
import { MemoryPublication } from '../../../lib/adapters/memory/publication.ts';
import { hashOfTexts } from '../../../lib/model/published-document.ts';
import { START_MS } from '../../support/memory-clock.ts';
import { aPublishedNodePool } from '../../support/published.ts';

const DOCUMENT = { kind: 'NodePool', name: 'general', text: 'new' } as const;

/** Time passes by sleeping alone; `meanwhile` happens in the first sleep. */
function aWait(meanwhile: (publication: MemoryPublication) => Promise<void>) {
  const publication = new MemoryPublication();
  let nowMs = START_MS;
  const clock = {
    nowMs: () => nowMs,
    sleep: async (durationMs: number) => {
      if (nowMs === START_MS) await meanwhile(publication);
      nowMs += durationMs;
    },
  };
  return { deployment: { publication, clock }, elapsedMs: () => nowMs - START_MS };
}

describe('waiting for the publisher', () => {
  it('ends when it has looked at the text that was written', async () => {
    const { deployment, elapsedMs } = aWait(async (publication) => {
      await publication.put(aPublishedNodePool({ name: 'general', textsHash: hashOfTexts(['new']) }));
    });
    expect(await awaitPublished(deployment, [DOCUMENT])).toMatchObject([{ name: 'general' }]);
    expect(elapsedMs()).toBe(1_000);
  });

  it('ends after two minutes when it has looked at an older text only', async () => {
    const { deployment, elapsedMs } = aWait(async (publication) => {
      await publication.put(aPublishedNodePool({ name: 'general', textsHash: hashOfTexts(['old']) }));
    });
    expect(await awaitPublished(deployment, [DOCUMENT])).toEqual([undefined]);
    expect(elapsedMs()).toBe(120_000);
  });
});
