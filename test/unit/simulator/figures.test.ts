import { describe, expect, it } from 'vitest';
import { TAG } from '../../../lib/model/labels.ts';
import type { Span } from '../../../lib/simulator/cost-curve.ts';
import { figuresOf, nodeFigures } from '../../../lib/simulator/figures.ts';

const HOUR_MS = 3_600_000;
const RUN = { startMs: 0, endMs: 10 * HOUR_MS };
const span = (startMs: number, endMs: number): Span => ({ startMs, endMs });

describe('the number of nodes', () => {
  it('is at least what ran all the time that pods ran, though nothing changed in it', () => {
    expect(nodeFigures([span(10, 400)], span(100, 300), RUN).min).toBe(1);
    expect(nodeFigures([span(10, 400), span(150, 200)], span(100, 300), RUN).min).toBe(1);
  });

  it('is zero at least while pods ran only where that was so', () => {
    expect(nodeFigures([span(10, 150), span(200, 400)], span(100, 300), RUN).min).toBe(0);
    expect(nodeFigures([span(10, 350)], span(100, 300), RUN).min).toBe(1);
    expect(nodeFigures([], span(100, 300), RUN)).toEqual({ min: 0, mean: 0, peak: 0, peakAfterMs: 0 });
  });

  it('does not count a node that ends in the moment in which another starts', () => {
    const { peak, peakAfterMs, min } = nodeFigures([span(10, 200), span(200, 400)], span(100, 300), RUN);
    expect({ peak, peakAfterMs, min }).toEqual({ peak: 1, peakAfterMs: 10, min: 1 });
  });

  it('is on average that of the whole run', () => {
    expect(nodeFigures([span(0, 5 * HOUR_MS), span(0, 10 * HOUR_MS)], span(0, 1), RUN).mean).toBe(1.5);
  });
});

interface RunOf {
  readonly bill: readonly object[];
  readonly pods: readonly object[];
  readonly instances: readonly object[];
}

/** Two NodePools whose kubelets leave pods different parts of the same type. */
function figuresOfRun({ bill, pods, instances }: RunOf) {
  const pool = (cpu: number) => new Map([['m7i.large', { allocatable: { cpu } }]]);
  const environment = {
    ec2: {
      billing: () => bill,
      instances: () => [],
      instance: (id: string) => ({ tags: { [TAG.nodePool]: id } }),
    },
    claims: { listAll: () => [] },
    plans: { listAllOrders: () => [], listAll: () => [] },
    typesOfPool: new Map([
      ['wide', pool(2_000)],
      ['narrow', pool(1_000)],
    ]),
  };
  const facts = {
    pods: new Map(pods.entries()),
    instances: new Map(instances.entries()),
  };
  return figuresOf(environment as never, facts as never, RUN);
}

const record = (instanceId: string, endedAtMs?: number) => ({
  instanceId,
  instanceType: 'm7i.large',
  capacityType: 'spot',
  priceMicroUsdPerHour: 1_000,
  startedAtMs: 0,
  ...(endedAtMs === undefined ? {} : { endedAtMs }),
});

const pod = (overrides: object = {}) => ({
  createdAtMs: 0,
  boundAtMs: 0,
  startedAtMs: 0,
  nodeName: 'n',
  cpuMillicores: 1_000,
  ofDaemonSet: false,
  ...overrides,
});

describe('use of the nodes', () => {
  it('counts what each NodePool leaves to pods of the same instance type', () => {
    const bill = [record('wide', HOUR_MS), record('narrow', HOUR_MS)];
    expect(figuresOfRun({ bill, pods: [], instances: [] }).vcpuHours.allocatable).toBe(3);
  });

  it('ends for a pod with its node, though its object stays until it is collected', () => {
    const instances = [{ nodeName: 'n', endedAtMs: HOUR_MS }];
    const pods = [pod({ deletedAtMs: 2 * HOUR_MS }), pod({ endedAtMs: HOUR_MS / 2 })];
    const { vcpuHours } = figuresOfRun({ bill: [record('wide', HOUR_MS)], pods, instances });
    expect(vcpuHours).toEqual({ requested: 1.5, allocatable: 2 });
  });

  it('goes on to the end of the run for what runs still, and is nothing for what never had a node', () => {
    const pods = [pod(), { ...pod(), boundAtMs: undefined, startedAtMs: undefined }];
    const { vcpuHours } = figuresOfRun({ bill: [record('wide')], pods, instances: [{ nodeName: 'n' }] });
    expect(vcpuHours).toEqual({ requested: 10, allocatable: 20 });
  });
});
