// The reconciler's minute: sweep first, so that disruption sees what is really there.
import { type DisruptDeps, disrupt } from './disrupt.ts';
import { guarded } from './guarded.ts';
import { type SweepDeps, sweep } from './sweep.ts';

export async function reconcile(deps: SweepDeps & DisruptDeps): Promise<void> {
  await sweep(deps);
  await guarded(deps, 'empty nodes', () => disrupt(deps));
}
