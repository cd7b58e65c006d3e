// One run of a scenario: builds the world around the real control code, lets virtual time pass, judges what happened.
// The same scenario, seed and catalogue give the same trace, byte for byte.
import type { KubeApi } from '../adapters/memory/kube-api.ts';
import type { ControlDeps } from '../control/deps.ts';
import { TAG } from '../model/labels.ts';
import { instanceIdOfProviderId } from '../model/node.ts';
import type { Catalog } from '../ports/catalog.ts';
import type { SimulationSummary } from '../report/simulation-summary.ts';
import type { Checker, Evidence } from './checkers/checker.ts';
import { makeCheckers } from './checkers/suite.ts';
import { type Environment, makeEnvironment } from './environment.ts';
import { Facts } from './facts.ts';
import { drawFaultRates, type FaultRates, faultsUntil } from './faults.ts';
import { Deployment } from './functions/deployment.ts';
import { FunctionHost } from './functions/function-host.ts';
import { tellHourly } from './hourly-digest.ts';
import { Narrator } from './narrator.ts';
import { PlanRecord } from './plan-record.ts';
import { PodStory } from './pod-story.ts';
import { predictedNode } from './predicted-node.ts';
import { AwaitPoints } from './process.ts';
import { RandomStream } from './random.ts';
import type { Scenario } from './scenario.ts';
import { summarize } from './summarize.ts';
import { Trace } from './trace.ts';
import { VirtualTime } from './virtual-time.ts';
import { Arrivals } from './world/arrivals.ts';
import { DaemonSetController } from './world/daemon-set-controller.ts';
import { Happenings } from './world/happenings.ts';
import { KubeScheduler } from './world/kube-scheduler.ts';
import { Kubelets } from './world/kubelets.ts';
import { NodeLifecycle } from './world/node-lifecycle.ts';
import { WorkloadController } from './world/workload-controller.ts';
import type { World } from './world/world.ts';

/** 2026-01-01T00:00:00Z: any fixed moment does. */
const START_MS = 1_767_225_600_000;
const LOOK_EVERY_MS = 5_000;

/** The poller counts bound pods in pieces, as it meets them; `PodStory` tells the same once per node. The trace has both. */
const TOLD_OF_PODS: readonly string[] = ['PodsBound', 'PodsNominated', 'PodsWithoutPlace', 'PlanCarriedOut'];

/** With more jobs than these nobody reads a story: the run is told by the hour. */
const STORY_ARRIVALS = 200;

export interface SimulationOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly catalog: Catalog;
  /** The await point, counted from 1, at which the process that reaches it dies. */
  readonly crashAt?: number;
  /** Breaks what the functions are given, so that a test sees the checkers notice. */
  readonly tamper?: (ports: ControlDeps) => ControlDeps;
  readonly print?: (line: string) => void;
  readonly trace?: (line: string) => void;
  /** Called after every event with the virtual time since the start; whoever shows it chooses how often. */
  readonly onProgress?: (elapsedMs: number) => void;
}

export async function simulate(options: SimulationOptions): Promise<SimulationSummary> {
  const { scenario, seed } = options;
  const random = (name: string): RandomStream => new RandomStream(seed, name);
  const rates = scenario.faults === 'drawn' ? drawFaultRates(random('fault-rates')) : scenario.faults;
  const print = options.print ?? (() => undefined);
  for (const line of settingsLines(scenario, seed, rates)) print(line);
  const time = new VirtualTime(START_MS);
  const liveRates = faultsUntil(rates, START_MS + scenario.faultsEndMs, () => time.nowMs());
  const trace = new Trace(time, options.trace);
  trace.write('world', { scenario: scenario.name, seed, rates });
  const narrator = new Narrator(time, print);
  const storied = scenario.arrivals.length <= STORY_ARRIVALS;
  const tell = (sentence: string): void => {
    trace.write('world', { sentence });
    if (storied) narrator.tell(sentence);
  };
  const failures: unknown[] = [];
  const plans = new PlanRecord();
  const environment = await makeEnvironment({
    scenario,
    catalog: options.catalog,
    time,
    tell,
    random,
    rates: liveRates,
    emit: (event) => {
      trace.write('event', { type: event.type, message: event.message, fields: event.fields });
      plans.see(event);
      // A periodic pass tells of what failed and goes on.
      if (event.type === 'RuleFailed' && event.fields['retry'] !== 'same-request')
        failures.push(event.message);
      if (storied && !TOLD_OF_PODS.includes(event.type)) narrator.tell(event.message);
    },
  });
  const { ec2, api } = environment;
  const world: World = { time, api, trace, random, tell };
  const facts = new Facts(time, api, ec2);
  if (storied) new PodStory(narrator, api, (nodeName) => podsPlannedOn(nodeName, environment));
  else tellHourly(narrator, time, environment, facts);
  const outside = startWorld(world, environment, scenario, liveRates);
  const points = new AwaitPoints(options.crashAt);
  const ports = options.tamper?.(environment.ports) ?? environment.ports;
  const onFailure = (error: unknown): void => void failures.push(error);
  const { outages } = scenario;
  const hostSettings = { time, trace, points, random, rates: liveRates, outages, ports, onFailure };
  const host = new FunctionHost(hostSettings);
  const deployment = new Deployment(host, hostSettings, environment.queues, ec2);
  const evidence = evidenceOf(environment, facts, scenario, patienceMs(scenario, rates, options.crashAt));
  const checkers = makeCheckers(evidence, environment.slots, failures, scenario.endsEmpty);
  watch(time, checkers);
  const isOver = (): boolean => scenario.endsEmpty && outside.isOver() && isEmpty(environment, deployment);
  await runUntil(time, START_MS + scenario.endMs, isOver, options.onProgress);
  for (const checker of checkers) checker.finish?.(time.nowMs());
  return summarize({ scenario, seed, rates, time, environment, facts, plans, evidence, checkers, points });
}

function settingsLines(scenario: Scenario, seed: number, rates: FaultRates): string[] {
  const { name, cluster } = scenario;
  const on = Object.entries(rates).filter(([, rate]) => rate > 0);
  const faults = on.map(([fault, rate]) => `${fault} ${rate / 100} %`).join(', ');
  const zones = cluster.zones.map((zone) => zone.name).join(', ');
  return [
    `Scenario ${name}, seed ${seed}. Cluster ${cluster.name} in ${cluster.region} (${zones}).`,
    `Faults: ${faults === '' ? 'none' : faults}.`,
  ];
}

function startWorld(
  world: World,
  environment: Environment,
  scenario: Scenario,
  rates: FaultRates,
): { readonly isOver: () => boolean } {
  const { api, ec2 } = environment;
  putObjects(api, scenario.objects);
  new KubeScheduler(world);
  new DaemonSetController(world);
  new NodeLifecycle(world, ec2);
  new Kubelets({
    world,
    ec2,
    times: scenario.times,
    bootFailure: rates.bootFailure,
    nodeOf: (instance, number) => predictedNode(environment, scenario, instance, number),
  });
  const workloads = new WorkloadController(world);
  for (const workload of scenario.workloads) workloads.apply(workload);
  const arrivals = new Arrivals(world, workloads, scenario.arrivals);
  const happenings = new Happenings({ world, environment, workloads, events: scenario.events, rates });
  // A pod that its node took along is created again a moment later: until then nothing else shows that it is wanted.
  return { isOver: () => happenings.over && arrivals.over && workloads.idle };
}

function putObjects(api: KubeApi, objects: Scenario['objects']): void {
  for (const object of objects.namespaces) api.put('namespaces', object);
  for (const object of objects.daemonSets) api.put('daemonSets', object);
  for (const object of objects.storageClasses) api.put('storageClasses', object);
  for (const object of objects.volumes) api.put('volumes', object);
  for (const object of objects.volumeClaims) api.put('volumeClaims', object);
}

function evidenceOf(environment: Environment, facts: Facts, scenario: Scenario, patience: number): Evidence {
  const { ec2, api, claims, plans, typesOfPool } = environment;
  return {
    ec2,
    api,
    facts,
    claims,
    plans,
    nodePools: scenario.nodePools,
    capacityOf: ({ tags, instanceType }) =>
      typesOfPool.get(tags[TAG.nodePool] ?? '')?.get(instanceType)?.capacity ?? {},
    patienceMs: patience,
  };
}

/** By the slots of its claim, whether or not the poller has seen the pods there. */
function podsPlannedOn(nodeName: string, { api, claims, slots }: Environment): ReadonlySet<string> {
  const instanceId = instanceIdOfProviderId(api.node(nodeName)?.providerId ?? '');
  const claim = claims
    .listAll()
    .find((each) => 'launch' in each && each.launch.instanceId === instanceId)?.name;
  const here = slots.listAll().filter((item) => item.claim === claim);
  return new Set(
    here.flatMap((item) =>
      item.slots
        .filter(({ state }) => state === 'planned' || state === 'tolerated' || state === 'bound')
        .map(({ podUid }) => podUid),
    ),
  );
}

/** One crash holds a step up by a visibility timeout or two ticks; many faults and outages do so again and again. */
function patienceMs(scenario: Scenario, rates: FaultRates, crashAt: number | undefined): number {
  const faulty = scenario.outages.length > 0 || Object.values(rates).some((rate) => rate > 0);
  if (faulty) return 25 * 60_000;
  return crashAt === undefined ? 0 : 3 * 60_000;
}

function watch(time: VirtualTime, checkers: readonly Checker[]): void {
  time.after(LOOK_EVERY_MS, () => {
    for (const checker of checkers) checker.look?.(time.nowMs());
    watch(time, checkers);
  });
}

/** Nothing lives, nothing waits and nothing is on its way: no event of ours can come any more. */
function isEmpty(environment: Environment, deployment: Deployment): boolean {
  const { api, ec2, claims, plans } = environment;
  return (
    deployment.idle &&
    api.nodes().length === 0 &&
    api.pods().length === 0 &&
    ec2.instances().every((instance) => instance.state === 'terminated') &&
    claims.live().length === 0 &&
    plans.listAllOrders().every((order) => order.closedAtMs !== undefined)
  );
}

/** Many pods make a few virtual seconds long, so progress is offered between any two events. */
async function runUntil(
  time: VirtualTime,
  endMs: number,
  isOver: () => boolean,
  onProgress: (elapsedMs: number) => void = () => undefined,
): Promise<void> {
  const goOn = (): boolean => {
    onProgress(time.nowMs() - time.startMs);
    return false;
  };
  while (time.nowMs() < endMs && !isOver()) {
    await time.run(Math.min(endMs, time.nowMs() + LOOK_EVERY_MS), goOn);
  }
}
