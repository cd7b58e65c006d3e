import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryLeases } from '../../../lib/adapters/memory/leases.ts';
import { MemoryTable } from '../../../lib/adapters/memory/table.ts';
import { servedPodsSchema } from '../../../lib/config/served-pods.ts';
import { poll } from '../../../lib/control/poll.ts';
import { readProvisioningInput } from '../../../lib/control/provisioning-input.ts';
import { DEFAULT_POLICIES } from '../../../lib/model/planning-policies.ts';
import type { Pod } from '../../../lib/model/pod.ts';
import { servedBy } from '../../../lib/planning/served.ts';
import { aClaimSlotsFor, aControlWorld } from '../../support/control-world.ts';
import { aNewPod } from '../../support/memory-kube.ts';

const NAMESPACES = ['shop', 'data', 'web'];
const TEAMS = ['a', 'b'];

const labels = fc.record(
  { team: fc.constantFrom(...TEAMS), legacy: fc.constant('yes') },
  { requiredKeys: [] },
);
const wanted = fc.array(
  fc.record({ namespace: fc.constantFrom(...NAMESPACES), labels, planned: fc.boolean() }),
  { minLength: 1, maxLength: 8 },
);
const serves = fc.record(
  {
    namespaces: fc.subarray(NAMESPACES, { minLength: 1 }),
    namespaceSelector: fc.constantFrom('team=a', 'team!=a', '!team', 'team in (a,b)'),
    podSelector: fc.constantFrom('team=a', '!legacy', 'team notin (a)', 'team=b,!legacy'),
  },
  { requiredKeys: [] },
);
/** Labels of each namespace. */
const namespaces = fc.record({ shop: labels, data: labels, web: labels });

type Labels = Readonly<Record<string, string | undefined>>;

/** The selectors above, each as a sentence of its own. */
const SENTENCES: Readonly<Record<string, (of: Labels) => boolean>> = {
  'team=a': ({ team }) => team === 'a',
  'team!=a': ({ team }) => team !== 'a',
  '!team': ({ team }) => team === undefined,
  'team in (a,b)': ({ team }) => team === 'a' || team === 'b',
  '!legacy': ({ legacy }) => legacy === undefined,
  'team notin (a)': ({ team }) => team !== 'a',
  'team=b,!legacy': ({ team, legacy }) => team === 'b' && legacy === undefined,
};

interface Said {
  readonly namespaces?: readonly string[];
  readonly namespaceSelector?: string;
  readonly podSelector?: string;
}

function isOurs(pod: Pick<Pod, 'namespace' | 'labels'>, said: Said, ofNamespace: Labels): boolean {
  const named = said.namespaces?.includes(pod.namespace) === true;
  const matched =
    said.namespaceSelector !== undefined && SENTENCES[said.namespaceSelector]?.(ofNamespace) === true;
  const anywhere = said.namespaces === undefined && said.namespaceSelector === undefined;
  const picked = said.podSelector === undefined || SENTENCES[said.podSelector]?.(pod.labels) === true;
  return (anywhere || named || matched) && picked;
}

describe('pods of somebody else', () => {
  it('are never asked for, planned or given a toleration, and ours all are', async () => {
    await fc.assert(
      fc.asyncProperty(wanted, serves, namespaces, async (pods, said, labelsOf) => {
        const world = aControlWorld();
        for (const name of NAMESPACES) {
          world.api.put('namespaces', { name, labels: clean(labelsOf[name as keyof typeof labelsOf]) });
        }
        const asked: string[] = [];
        const made = pods.map(({ planned, ...pod }, n) => {
          const { uid } = world.api.createPod(aNewPod(`p${n}`, { ...pod, labels: clean(pod.labels) }));
          world.api.setPodStatus(uid, { unschedulable: { sinceMs: 0, message: 'no nodes' } });
          return { pod: world.api.pod(uid) as Pod, planned };
        });
        await aClaimSlotsFor(
          world,
          made.filter(({ planned }) => planned).map(({ pod }) => pod),
        );
        const deps = {
          ...world.deps,
          serves: servedPodsSchema.parse(said),
          leases: new MemoryLeases({ table: new MemoryTable() }),
          provisionQueue: {
            send: async ({ podUids }: { readonly podUids: readonly string[] }) => void asked.push(...podUids),
          },
        };
        void poll(deps, { holder: 'one', deadlineMs: world.clock.nowMs() + 8_000 });
        await world.clock.advance(9_000);
        const ours = (pod: Pod): boolean =>
          isOurs(pod, said, labelsOf[pod.namespace as keyof typeof labelsOf] as Labels);
        const uids = (of: typeof made): string[] => of.map(({ pod }) => pod.uid).sort();
        expect(asked.sort()).toEqual(uids(made.filter(({ pod, planned }) => !planned && ours(pod))));
        expect(uids(made.filter(({ pod }) => world.api.pod(pod.uid)?.spec.tolerations.length !== 0))).toEqual(
          uids(made.filter(({ pod, planned }) => planned && ours(pod))),
        );
        const { snapshot } = (await world.deps.snapshots.newest()) ?? {};
        const input = await readProvisioningInput(
          {
            ...world.deps,
            policies: DEFAULT_POLICIES,
            documents: {
              nodePools: async () => [],
              nodeClasses: async () => [],
              resolvedNodeClass: async () => undefined,
            },
            catalog: { instanceTypes: async () => [] },
            unavailable: { list: async () => [], put: async () => {} },
          },
          snapshot ?? expect.fail('a snapshot'),
          new Set(made.map(({ pod }) => pod.uid)),
        );
        expect(input.input.pods.map(({ uid }) => uid as string).sort()).toEqual(asked);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a namespace that is not known yet', () => {
  it('has no labels', () => {
    const pod = { namespace: 'new', labels: {} };
    const by = (namespaceSelector: string) =>
      servedBy(servedPodsSchema.parse({ namespaceSelector }), new Map())(pod);
    expect([by('team=a'), by('!team')]).toEqual([false, true]);
  });
});

const clean = (of: Labels): Record<string, string> =>
  Object.fromEntries(
    Object.entries(of).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
