// Time of one plan in a large cluster: 5,000 nodes, 50,000 bound pods beside ten DaemonSets', 500 pending pods.
// usage: npx tsx bench/large-cluster.ts

import { planningNodes } from '../lib/control/planning-nodes.ts';
import { usageByPool } from '../lib/control/provisioning-input.ts';
import { DEFAULT_POLICIES } from '../lib/model/planning-policies.ts';
import { planProvisioning } from '../lib/planning/plan-provisioning.ts';
import type { ProvisioningInput, ProvisioningPlan } from '../lib/planning/types.ts';
import { GREEDY, solve } from '../lib/solver/index.ts';
import { largeWorld } from './large-world.ts';

const NODES = 5_000;
const PENDING = 500;
const RUNS = 5;
const SEED = 7;
/** Milliseconds for one plan, from the decoded snapshot, claims and slots on. */
const FLOOR_MS = 2_000;

const { cluster, claims, slots, pending, nodePools, instanceTypes } = await largeWorld(NODES, PENDING, SEED);

interface Times {
  readonly nodesMs: number;
  readonly compileMs: number;
  readonly solveMs: number;
  readonly decodeMs: number;
  readonly planMs: number;
}

function planOnce(): { times: Times; plan: ProvisioningPlan } {
  const beginMs = performance.now();
  const { nodes } = planningNodes({ cluster, takenAtMs: 0 }, claims, slots);
  const input: ProvisioningInput = {
    pods: pending,
    cluster,
    nodes,
    nodePools,
    instanceTypes,
    usage: usageByPool(claims),
    unavailable: {},
    ...DEFAULT_POLICIES,
  };
  const startMs = performance.now();
  let compiledMs = 0;
  let solvedMs = 0;
  const plan = planProvisioning(input, undefined, ({ problem }) => {
    compiledMs = performance.now();
    const answer = solve(problem, GREEDY);
    solvedMs = performance.now();
    return answer;
  });
  const endMs = performance.now();
  const times = {
    nodesMs: startMs - beginMs,
    compileMs: compiledMs - startMs,
    solveMs: solvedMs - compiledMs,
    decodeMs: endMs - solvedMs,
    planMs: endMs - beginMs,
  };
  return { times, plan };
}

const { plan, times: first } = planOnce();
const runs = Array.from({ length: RUNS }, () => planOnce().times).sort((a, b) => a.planMs - b.planMs);
const median = runs[Math.floor(RUNS / 2)] ?? first;
const onExisting = plan.existing.reduce((sum, { pods }) => sum + pods.length, 0);
console.log(
  `${NODES} nodes, ${cluster.pods.length - PENDING} bound pods (DaemonSets' included), ${PENDING} pending: ` +
    `${onExisting} on existing nodes, ${plan.nodes.length} new nodes, ${plan.unschedulable.length} without a place`,
);
const shown = (times: Times): string =>
  `plan ${Math.round(times.planMs)} ms = planning nodes ${Math.round(times.nodesMs)} + ` +
  `compile ${Math.round(times.compileMs)} + solve ${Math.round(times.solveMs)} + decode ${Math.round(times.decodeMs)}`;
console.log(`first: ${shown(first)}`);
console.log(`median of ${RUNS}: ${shown(median)} (floor ${FLOOR_MS} ms)`);
process.exitCode = median.planMs <= FLOOR_MS && plan.unschedulable.length === 0 ? 0 : 1;
