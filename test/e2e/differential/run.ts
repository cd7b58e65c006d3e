/**
 * Generated pods and nodes, which the real kube-scheduler and lib/constraints must judge alike.
 * Alone: `npx tsx test/e2e/differential/run.ts --seed 1 --pods 500`; `--case 7` looks at one case of the seed.
 */
import { argv, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { KubeCluster } from '../../../lib/adapters/kube/kube-cluster.ts';
import { KubeHttp } from '../../../lib/adapters/kube/kube-http.ts';
import type { TransportOptions } from '../../../lib/adapters/kube/transport.ts';
import { systemClock } from '../../../lib/adapters/system/clock.ts';
import { systemRandom } from '../../../lib/adapters/system/random.ts';
import type { Pod } from '../../../lib/model/pod.ts';
import { buildControlPlane } from '../lane/build.ts';
import { KubeClient } from '../lane/kube-client.ts';
import { missingTools } from '../lane/tools.ts';
import { type Case, casesOf, PODS_PER_CASE } from './cases.ts';
import { type Compared, compare } from './compare.ts';
import { startDifferentialPlane } from './control-plane.ts';
import type { Extender } from './extender.ts';
import { clusterOf } from './judges.ts';
import { wordsOf } from './scheduler-words.ts';
import { ask, clear, prepare, stage } from './stage.ts';
import { type Disagreement, Tally } from './tally.ts';

const USAGE = 'npx tsx test/e2e/differential/run.ts [--seed N] [--pods N] [--case N] [--binaries FOLDER]';

export interface DifferentialOptions {
  /** An API server of this test's own, with a client certificate of an administrator. No controllers may run. */
  readonly api: TransportOptions;
  /** The one that the API server's kube-scheduler is configured with. */
  readonly extender: Extender;
  readonly seed: number;
  /** At least so many are judged. */
  readonly pods: number;
  readonly onlyCase?: number;
  readonly say: (line: string) => void;
}

interface Judged {
  readonly pod: Pod;
  readonly compared: Compared;
  readonly message: string;
  readonly passed: readonly string[];
}

export async function runDifferential(options: DifferentialOptions): Promise<Tally> {
  const client = new KubeClient(options.api);
  const http = new KubeHttp({ ...options.api, clock: systemClock, random: systemRandom });
  const kube = new KubeCluster({ http, clock: systemClock, random: systemRandom });
  const tally = new Tally();
  // Some pods are not let in; what is generated in excess is not looked at.
  const cases = casesOf(options.seed, Math.ceil((options.pods / PODS_PER_CASE) * 1.5));
  try {
    await prepare(client);
    await clear(client);
    for (const [index, one] of cases.entries()) {
      if (options.onlyCase !== undefined && options.onlyCase !== index) continue;
      if (tally.pods >= options.pods) break;
      await judgeCase(index, one, { ...options, client, kube }, tally);
      if (index % 25 === 24) options.say(`${index + 1} clusters, ${tally.pods} pods`);
    }
  } finally {
    client.close();
    http.close();
  }
  return tally;
}

interface Lane extends DifferentialOptions {
  readonly client: KubeClient;
  readonly kube: KubeCluster;
}

/** A real difference is there every time; what kube-scheduler heard late is not, and less so when it is given time. */
const REPEATS = 3;
const SETTLE_MS = 1_000;

async function judgeCase(index: number, one: Case, lane: Lane, tally: Tally): Promise<void> {
  const first = await judgements(one, lane, 0);
  let repeated = textsOf(first.judged);
  for (let repeat = 0; repeat < REPEATS && repeated.size > 0; repeat++) {
    const again = textsOf((await judgements(one, lane, SETTLE_MS)).judged);
    repeated = new Set([...repeated].filter((text) => again.has(text)));
  }
  for (const { pod, compared, message, passed } of first.judged) {
    tally.count({ nodes: one.cluster.nodes.length, message, passed, compared });
    for (const difference of compared.differences) {
      const lasting = repeated.has(JSON.stringify(difference));
      const list = lasting ? tally.disagreements : tally.fleeting;
      list.push(disagreement(index, pod, message, difference));
    }
  }
  tally.notAdmitted.push(...first.notAdmitted);
}

const textsOf = (judged: readonly Judged[]): ReadonlySet<string> =>
  new Set(judged.flatMap(({ compared }) => compared.differences.map((each) => JSON.stringify(each))));

async function judgements(one: Case, { client, kube, extender }: Lane, settleMs: number) {
  await stage(client, one);
  await systemClock.sleep(settleMs);
  const { spoken, notAdmitted } = await ask(client, one.pending);
  const { state } = await kube.list();
  const cluster = clusterOf(state);
  const judged = spoken.map(({ uid, message }): Judged => {
    const pod = state.pods.find((candidate) => candidate.uid === uid);
    if (pod === undefined) throw new Error(`pod ${uid} is not in the list`);
    const passed = extender.passed(uid) ?? [];
    const words = wordsOf(message);
    const compared = compare({ pod, state, cluster, passed, words, withPlan: !one.leaving });
    return { pod, compared, message, passed };
  });
  await clear(client);
  return { judged, notAdmitted };
}

const disagreement = (
  index: number,
  pod: Pod,
  message: string,
  difference: Compared['differences'][number],
): Disagreement => ({ ...difference, case: index, message, spec: JSON.stringify(pod.spec) });

const numberOf = (written: string | undefined, otherwise: number): number => {
  const number = written === undefined ? otherwise : Number(written);
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`${written} is no number: ${USAGE}`);
  return number;
};

async function main(say: (line: string) => void): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { seed: text, pods: text, case: text, binaries: text } });
  const missing = await missingTools();
  if (missing.length > 0) return say(['skipped, because something is missing:', ...missing].join('\n  '));
  const plane = await startDifferentialPlane(values.binaries ?? (await buildControlPlane(say)));
  const fromMs = performance.now();
  try {
    const seed = numberOf(values.seed, 1);
    const onlyCase = values.case === undefined ? {} : { onlyCase: numberOf(values.case, 0) };
    const tally = await runDifferential({
      ...plane,
      seed,
      pods: numberOf(values.pods, 500),
      ...onlyCase,
      say,
    });
    say(`seed ${seed}, ${((performance.now() - fromMs) / 1_000).toFixed(0)} s`);
    say(tally.lines().join('\n'));
    if (!tally.agrees && values.case === undefined) process.exitCode = 1;
  } finally {
    await plane.stop();
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) await main((line) => stdout.write(`${line}\n`));
