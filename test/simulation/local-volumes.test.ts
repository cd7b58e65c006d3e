import { describe, expect, it } from 'vitest';
import { simulate } from '../../lib/simulator/simulate.ts';
import { aPodSpec, aStorageClass, aVolumeClaim, GIB } from '../support/builders.ts';
import { aScenario, scale, smallCatalog } from '../support/sim-scenario.ts';
import { aWorkload } from '../support/sim-world.ts';

const database = aWorkload({
  name: 'db',
  replicas: 0,
  template: {
    labels: { app: 'db' },
    annotations: {},
    spec: { ...aPodSpec({}, { memoryBytes: GIB }), volumeClaims: ['data'] },
  },
});

/** A pod waits for a disk that no node ever brings; nodes are let go five seconds after they are empty. */
function hoursOfWaiting(...events: ReturnType<typeof scale>[]) {
  const { objects } = aScenario();
  const scenario = aScenario({
    workloads: [database],
    events: [scale(1, database, 1), ...events],
    objects: {
      ...objects,
      storageClasses: [aStorageClass({ name: 'local', provisioner: 'kubernetes.io/no-provisioner' })],
      volumeClaims: [aVolumeClaim({ storageClassName: 'local' })],
    },
    endsEmpty: false,
  });
  return simulate({ scenario, catalog: smallCatalog, seed: 1 });
}

describe('a node that brings no disk to the pod it was bought for', () => {
  it('stays the only one for hours', async () => {
    const summary = await hoursOfWaiting();
    expect(summary.claims).toHaveLength(1);
    expect(summary.end).toEqual({ nodes: 1, instances: 1, claims: 1 });
  });

  it('leaves as empty once the pod is gone', async () => {
    const summary = await hoursOfWaiting(scale(60, database, 0));
    expect(summary.claims).toHaveLength(1);
    expect(summary.end).toEqual({ nodes: 0, instances: 0, claims: 0 });
  });
});
