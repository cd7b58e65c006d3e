import { describe, expect, it } from 'vitest';
import { MemoryDocuments } from '../../../lib/adapters/memory/documents.ts';
import { MemoryTable } from '../../../lib/adapters/memory/table.ts';
import { MemoryUnavailableOfferings } from '../../../lib/adapters/memory/unavailable-offerings.ts';
import { reconcileTick } from '../../../lib/control/stoppable.ts';
import type { Stop } from '../../../lib/ports/stop-switch.ts';
import { aControlWorld } from '../../support/control-world.ts';

/** Whether one minute of the reconciler says that a person has stopped something. */
async function tellsOfStop(stop: Stop): Promise<boolean> {
  const world = aControlWorld();
  const observed: string[] = [];
  await reconcileTick({
    ...world.deps,
    stop: { read: async () => stop },
    unavailable: new MemoryUnavailableOfferings({ table: new MemoryTable() }),
    documents: new MemoryDocuments({ nodePools: [], nodeClasses: [], resolved: [] }),
    metrics: { count: () => {}, observe: (name: string) => void observed.push(name) },
  });
  return observed.includes('KillSwitchOn');
}

describe('a minute of the reconciler', () => {
  it.each([
    ['none', false],
    ['launches', true],
    ['all', true],
  ] as const)('with the kill switch at %s tells that something is stopped: %s', async (stop, told) => {
    expect(await tellsOfStop(stop)).toBe(told);
  });
});
