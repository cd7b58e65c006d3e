/**
 * The cheapest plan for a small problem, by an integer program: what bounds and plans of the solver are judged by. Every
 * pod must be placed. A node is bought as its cheapest offering alone; alternatives never make a plan cheaper. Which pool
 * is chosen first is a preference that `verify` does not know, so pools are free to choose here too.
 *
 * Errors: `OracleRefusal` for what it has no rows for (preferences, strict minValues, topology that leans on the order of
 * placements), what is too large, and pods that no plan can all place.
 */
import { greedy, type Problem, type Solution, verify } from '../../lib/solver/index.ts';
import { decode } from './decode.ts';
import { type Host, handleKey, hostsOf, mostOf, pick } from './hosts.ts';
import { IntegerProgram, type Term } from './integer-program.ts';
import { notModelled, OracleRefusal } from './refusal.ts';
import { type Counts, topologyRules } from './topology.ts';

export interface Exact {
  readonly optimumMicroUsdPerHour: number;
  /** False when the search ended at its limit: then some plan may be cheaper. */
  readonly proven: boolean;
  readonly solution: Solution;
}

const MOST_ITEMS = 12;
const MOST_PODS = 30;
/** Rows of larger amounts would be decided by the solver's tolerance. */
const MOST_AMOUNT = 1_000_000;

export async function exactOptimum(problem: Problem): Promise<Exact> {
  refuseOthers(problem);
  const rules = topologyRules(problem);
  const hosts = hostsOf(problem, knownPrice(problem));
  const program = new IntegerProgram();
  const opened = hosts.map(({ offering }) =>
    offering === undefined ? undefined : program.variable(1, pick(problem.offerings.price, offering)),
  );
  const counts = hosts.flatMap((host) =>
    [...problem.items.keys()].flatMap((item) => {
      const most = rules.every((rule) => rule.mayEnter(item, host)) ? mostOf(problem, item, host) : 0;
      if (most === 0) return [];
      const variable = program.variable(most);
      const open = opened[host.index];
      if (open !== undefined) program.onlyWith(open, variable, most);
      return [{ item, host, variable }];
    }),
  );
  for (const [item, { order }] of problem.items.entries()) {
    const placed = onesOf(counts, (entry) => entry.item === item);
    program.exactly(placed, order.length);
  }
  for (const host of hosts) addHostRows(program, problem, host, counts, opened[host.index]);
  addCopyRows(program, hosts, opened);
  addPoolRows(program, problem, hosts, opened);
  for (const rule of rules) rule.addRows(program, counts);
  const { values, proven } = await program.minimise();
  const solution = decode(problem, counts, values);
  const violations = verify(problem, solution);
  if (violations.length > 0 || solution.unplaced.length > 0) {
    throw new Error(`the exact model's plan breaks a rule: ${JSON.stringify(violations)}`);
  }
  return { optimumMicroUsdPerHour: solution.pricePerHour, proven, solution };
}

function refuseOthers({ items, pools, offerings, shapes }: Problem): void {
  const pods = items.reduce((sum, { order }) => sum + order.length, 0);
  if (items.length > MOST_ITEMS || pods > MOST_PODS) {
    const limits = `the limits are ${MOST_ITEMS} and ${MOST_PODS}`;
    throw new OracleRefusal('too-large', `${items.length} items of ${pods} pods: ${limits}`);
  }
  if (items.some(({ levels }) => levels.length > 1)) throw notModelled('preferences');
  const isStrict = pools.some((pool) => pool.minValuesPolicy === 'Strict' && pool.minValues.length > 0);
  if (isStrict) throw notModelled('minValues');
  if (!offerings.price.every(Number.isInteger)) throw notModelled('prices that are no whole numbers');
  const amounts = [...shapes.allocatable, ...items.flatMap(({ requests }) => [...requests])];
  if (amounts.some((amount) => amount > MOST_AMOUNT)) {
    throw new OracleRefusal('too-large', `an amount above ${MOST_AMOUNT}: scale the columns first`);
  }
}

/** What the greedy pays when it places every pod. */
function knownPrice(problem: Problem): number {
  const { unplaced, pricePerHour } = greedy(problem);
  return unplaced.length === 0 ? pricePerHour : Number.POSITIVE_INFINITY;
}

const onesOf = (counts: Counts, holds: (entry: Counts[number]) => boolean): Term[] =>
  counts.filter(holds).map(({ variable }) => [1, variable]);

function addHostRows(
  program: IntegerProgram,
  problem: Problem,
  host: Host,
  all: Counts,
  open: number | undefined,
): void {
  const counts = all.filter((entry) => entry.host === host);
  for (const [column, room] of host.room.entries()) {
    const terms = counts.map(
      ({ item, variable }): Term => [pick(pick(problem.items, item).requests, column), variable],
    );
    if (open === undefined) program.atMost(terms, room);
    else program.atMost([...terms, [-room, open]], 0);
  }
  const ports = new Set(problem.items.flatMap((item) => item.ports));
  for (const port of ports) {
    program.atMost(
      onesOf(counts, ({ item }) => pick(problem.items, item).ports.includes(port)),
      1,
    );
  }
  for (const [driver, left] of host.volumesLeft) addVolumeRows(program, problem, host, counts, driver, left);
}

/** A volume that several pods share is attached once. */
function addVolumeRows(
  program: IntegerProgram,
  problem: Problem,
  host: Host,
  counts: Counts,
  driver: number,
  left: number,
): void {
  const handlesOf = (item: number) =>
    pick(problem.items, item)
      .volumes.filter((volume) => volume.driver === driver)
      .map(handleKey);
  const handles = new Set(counts.flatMap(({ item }) => handlesOf(item)));
  const attached = [...handles]
    .filter((handle) => !host.attached.has(handle))
    .map((handle): Term => {
      const users = counts.filter(({ item }) => handlesOf(item).includes(handle));
      return [1, program.presenceOf(users.map(({ variable }) => variable))];
    });
  program.atMost(attached, left);
}

/** Copies of one offering are alike: the first ones are opened first. */
function addCopyRows(
  program: IntegerProgram,
  hosts: readonly Host[],
  opened: readonly (number | undefined)[],
): void {
  for (const [at, host] of hosts.entries()) {
    const [open, next] = [opened[at], opened[at + 1]];
    if (open === undefined || next === undefined || hosts[at + 1]?.offering !== host.offering) continue;
    program.atMost(
      [
        [-1, open],
        [1, next],
      ],
      0,
    );
  }
}

function addPoolRows(
  program: IntegerProgram,
  problem: Problem,
  hosts: readonly Host[],
  opened: readonly (number | undefined)[],
): void {
  const { offerings, shapes, resources } = problem;
  const nodes = hosts.flatMap(({ offering, index }) => {
    const open = opened[index];
    return offering === undefined || open === undefined ? [] : [{ offering, open }];
  });
  for (const [index, { limits, nodesLeft }] of problem.pools.entries()) {
    const own = nodes.filter(({ offering }) => offerings.pool[offering] === index);
    for (const [column, limit] of limits.entries()) {
      if (limit === Number.POSITIVE_INFINITY) continue;
      const capacity = (offering: number) =>
        pick(shapes.capacity, pick(offerings.shape, offering) * resources + column);
      program.atMost(
        own.map(({ offering, open }): Term => [capacity(offering), open]),
        limit,
      );
    }
    if (nodesLeft !== Number.POSITIVE_INFINITY) {
      program.atMost(
        own.map(({ open }): Term => [1, open]),
        nodesLeft,
      );
    }
  }
  for (const [index, left] of problem.reservations.entries()) {
    const users = nodes.filter(({ offering }) => offerings.reservation[offering] === index);
    program.atMost(
      users.map(({ open }): Term => [1, open]),
      left,
    );
  }
}
