// The `spec` of a scenario. Unknown fields are errors, so that a typo is found and not ignored.
import * as z from 'zod';
import { checkedObject, duration, strict } from '../config/kit.ts';
import { solverSettingsSchema } from '../config/solver-settings.ts';
import { DEFAULT_POLICIES, MIN_VALUES_POLICIES, PREFERENCE_POLICIES } from '../model/planning-policies.ts';
import { VARIANTS } from '../report/run-comparison.ts';
import { NO_FAULTS } from './faults.ts';
import { SERVICE_NAMES } from './outages.ts';

const name = z.string().min(1).max(253);
const count = z.int().nonnegative().max(100_000);
/** Pods at once: a minute or two of real time. */
export const MAX_PODS = 20_000;

/** A market of a thousand pools that moves more often takes more time than the rest of the run. */
const MIN_MARKET_STEP_MS = 60_000;

const rate = z.int().min(0).max(10_000);

/** Capacity pools: what is left out matches everything. */
const offerings = {
  instanceType: z.string().optional(),
  zone: z.string().optional(),
  capacityType: z.enum(['spot', 'on-demand']).optional(),
};

const scale = checkedObject(
  strict({
    deployment: name.optional(),
    statefulSet: name.optional(),
    replicaSet: name.optional(),
    job: name.optional(),
    /** Every workload but Jobs. */
    all: z.literal(true).optional(),
    namespace: name.optional(),
    replicas: z.int().nonnegative().max(MAX_PODS),
  }),
  (value) => exactlyOne(value, ['deployment', 'statefulSet', 'replicaSet', 'job', 'all']),
);

const event = checkedObject(
  strict({
    at: duration,
    scale: scale.optional(),
    loseInstance: strict({ nodePool: name, count: z.int().positive().max(1_000).optional() }).optional(),
    /** From then on the pools hold this many instances in all; 0 is dry. */
    market: strict({ ...offerings, instances: count }).optional(),
  }),
  (value) => exactlyOne(value, ['scale', 'loseInstance', 'market']),
);

/** Shortest and longest; each time is drawn between them. */
const range = z
  .tuple([duration, duration])
  .refine(([shortest, longest]) => shortest <= longest, 'want the shorter time first');

const counts = z
  .tuple([count, count])
  .refine(([least, most]) => least <= most, 'want the smaller number first');
const percent = z.int().min(0).max(90);

const specFields = strict({
  /** Used when the command line names none. */
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
  cluster: strict({
    name: z.string().regex(/^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/),
    region: name,
    zones: z.array(name).min(1).optional(),
  }),
  /** Karpenter's settings of these names. */
  preferencePolicy: z.enum(PREFERENCE_POLICIES).default(DEFAULT_POLICIES.preferencePolicy),
  minValuesPolicy: z.enum(MIN_VALUES_POLICIES).default(DEFAULT_POLICIES.minValuesPolicy),
  /** How plans are searched for. */
  solver: solverSettingsSchema.prefault({}),
  /** Runs it again with other settings, for comparison; a run of many minutes had better not. */
  compare: z.array(z.enum(VARIANTS)).default(['karpenter']),
  /** Files of Kubernetes documents, relative to the scenario. Documents beside the scenario in its own file count too. */
  documents: z.array(strict({ file: name })).optional(),
  /** Jobs that arrive, by files relative to the scenario; each line of one is a Job made after the one named here. */
  arrivals: z
    .array(strict({ file: name, job: name, namespace: name.optional() }))
    .max(100)
    .default([]),
  events: z.array(event).max(10_000).default([]),
  /** The run ends here at the latest. */
  end: duration,
  /** The run must end without nodes, instances and claims; it ends as soon as that is so. */
  endsEmpty: z.boolean().optional(),
  /** Cases per ten thousand by fault; `drawn` takes them from the seed. */
  faults: strict({
    drawn: z.literal(true).optional(),
    ...Object.fromEntries(Object.keys(NO_FAULTS).map((fault) => [fault, rate.optional()])),
  }).optional(),
  /** Times in which a service refuses every call, or does it and loses every answer. */
  outages: z
    .array(
      strict({
        service: z.enum(SERVICE_NAMES),
        answers: z.enum(['refused', 'lost']),
        from: duration,
        until: duration,
      }),
    )
    .optional(),
  /** Spot prices by zone that move, and spot pools that run dry and take their instances with them. */
  spotMarket: strict({
    every: duration
      .refine((everyMs) => everyMs >= MIN_MARKET_STEP_MS, 'want at least 1m')
      .default(15 * 60_000),
    /** Percent of the catalogue's price. */
    priceRange: percent.default(30),
    /** Percent of the price, at once. */
    priceSwing: percent.default(5),
    /** Fewest and most that a pool holds of them. */
    vcpus: counts.default([100, 2_000]),
    /** Cases per ten thousand, per pool and move of the market. */
    dryRate: rate.default(100),
    dryFor: range.default([10 * 60_000, 60 * 60_000]),
  }).optional(),
  times: strict({ boot: range.optional(), ready: range.optional(), start: range.optional() }).optional(),
});

const scenarioSpec = checkedObject(specFields, ({ events, arrivals }) =>
  [events, arrivals].some((list) => list !== undefined && !(Array.isArray(list) && list.length === 0))
    ? []
    : [{ path: [], message: 'neither events nor arrivals: want something that happens' }],
);

/** A whole scenario document. */
export const scenarioDocument = strict({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: strict({ name }),
  spec: scenarioSpec,
});

export type ScenarioDocument = z.infer<typeof scenarioDocument>;
export type EventDocument = ScenarioDocument['spec']['events'][number];

function exactlyOne(value: Readonly<Record<string, unknown>>, fields: readonly string[]) {
  const given = fields.filter((field) => value[field] !== undefined);
  if (given.length === 1) return [];
  const found = given.length === 0 ? 'none' : given.join(' and ');
  return [{ path: [], message: `want exactly one of ${fields.join(', ')}, found ${found}` }];
}
