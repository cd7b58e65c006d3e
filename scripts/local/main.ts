/**
 * `npm run local`: Dovetail with everything it needs in one process and no AWS. Tells a scenario's story in the time of the
 * clock on the wall and ends with it; `--keep` stays until Ctrl-C.
 */
import { systemClock } from '../../lib/adapters/system/clock.ts';
import { dynamoProgram } from '../../lib/local/dynamo-server.ts';
import { DovetailError } from '../../lib/model/errors.ts';
import { Narrator } from '../../lib/simulator/narrator.ts';
import { PodStory } from '../../lib/simulator/pod-story.ts';
import { argumentsOf, type LocalArguments, USAGE } from './arguments.ts';
import { readScenario } from './documents.ts';
import { summaryOf, watchWaits } from './figures.ts';
import { captureFunctionLogs, type LogLine } from './function-logs.ts';
import { type Local, startLocal } from './run.ts';

/** The Scheduler's ticks of poller and reconciler, and the publisher's. */
const TICK_MS = 60_000;
const PUBLISH_MS = 3_600_000;
const LOOK_MS = 500;

async function main(): Promise<number> {
  const asked = argumentsOf(process.argv.slice(2));
  if (asked.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (dynamoProgram() === undefined) {
    throw new DovetailError(
      'DynamoServerMissing',
      'npm run local needs the optional package @dynoxide/linux-x64: run npm install on Linux on x64, without --omit=optional',
      'never',
    );
  }
  prepareProcess();
  return tellStory(asked);
}

async function tellStory({ scenario: path, keep, asOnAws, logs }: LocalArguments): Promise<number> {
  const { scenario, catalog, documents } = readScenario(path);
  let story: ((line: LogLine) => void) | undefined;
  const out = captureFunctionLogs((line) => story?.(line), logs);
  const print = (line: string): void => out(`${line}\n`);
  let narrator: Narrator | undefined;
  const signal = interrupted();
  print('Starting …');
  const local = await startLocal({
    ...{ scenario, catalog, documents, asOnAws, logLevel: 'INFO' },
    tell: (sentence) => narrator?.tell(sentence),
  });
  const { time, environment } = local.world;
  let over = false;
  narrator = new Narrator(time, (line) => (over ? undefined : print(line)));
  new PodStory(narrator, environment.api, () => new Set());
  story = (line) => tellLog(narrator, line);
  const waitsMs = watchWaits(environment.api, () => time.nowMs());
  for (const line of openingLines(local, asOnAws)) print(line);
  tickUntil(signal, local);
  const end = await ended(local, scenario.endMs, signal);
  if (end === 'empty' && keep) {
    print('\nThe story is over and everything stays up. Ctrl-C ends it.');
    await signal.done;
  }
  over = true;
  print(
    `\n${end === 'late' ? `Not over after ${scenario.endMs / 1000} s.\n` : ''}${summaryOf(local, waitsMs).join('\n')}`,
  );
  await Promise.race([local.stop(), systemClock.sleep(3_000)]);
  return end === 'late' ? 1 : 0;
}

/** The servers want a signature and do not check it. A profile would count before these. */
function prepareProcess(): void {
  delete process.env['AWS_PROFILE'];
  delete process.env['AWS_SESSION_TOKEN'];
  process.env['AWS_ACCESS_KEY_ID'] = 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'local';
  process.env['POWERTOOLS_METRICS_DISABLED'] = 'true';
  // The SDK's advice on Node versions is for who develops this, not for who looks at it.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}

/** Told as the world tells it already, pod by pod. */
const TOLD_BY_THE_WORLD = ['PodsBound'];

function tellLog(narrator: Narrator, { level, service, message, type, error }: LogLine): void {
  if (level === 'ERROR' || level === 'WARN')
    narrator.tell(`${service}: ${message}${error ? `: ${error}` : ''}`);
  else if (type !== undefined && !TOLD_BY_THE_WORLD.includes(type)) narrator.tell(message);
}

function openingLines({ servers, env }: Local, asOnAws: boolean): string[] {
  const urls = { ...servers.urls, KUBERNETES: servers.kube.url };
  const times = asOnAws
    ? 'Instances and nodes take as long as on AWS.'
    : 'Instances run after about a second and join after three more; on AWS that takes about 40 s.';
  return [
    `Cluster ${env['CLUSTER_NAME']} in ${env['AWS_REGION']}, all in this process. Ticks every minute. ${times}`,
    'Servers, for your shell:',
    ...Object.entries(urls).map(([service, url]) => `  ${service}=${url}`),
    `Try: AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws --region ${env['AWS_REGION']} --endpoint-url ${servers.urls.EC2} ec2 describe-instances`,
    `     curl -d '{"instances":0,"zone":"us-east-1a"}' ${servers.urls.EC2}/_local/capacity   (a shortage)`,
    `     curl -d '{"instanceId":"i-…"}' ${servers.urls.EC2}/_local/interrupt   (a spot interruption)`,
    '',
  ];
}

interface Signal {
  readonly done: Promise<void>;
  readonly isSet: () => boolean;
}

function interrupted(): Signal {
  let set = false;
  const done = new Promise<void>((resolve) => {
    const stop = (): void => {
      set = true;
      resolve();
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
  return { done, isSet: () => set };
}

function tickUntil(signal: Signal, local: Local): void {
  const every = async (name: Parameters<Local['tick']>[0], periodMs: number): Promise<void> => {
    while (!signal.isSet()) {
      void local.tick(name);
      await systemClock.sleep(periodMs);
    }
  };
  void every('poller', TICK_MS);
  void every('reconciler', TICK_MS);
  void systemClock.sleep(PUBLISH_MS).then(() => every('publisher', PUBLISH_MS));
}

/** The story ends when all its events have happened and nothing of ours is left; late when that takes beyond its end. */
async function ended(
  { world, isOver }: Local,
  limitMs: number,
  signal: Signal,
): Promise<'empty' | 'late' | 'interrupted'> {
  const { api, ec2 } = world.environment;
  const isEmpty = (): boolean =>
    isOver() &&
    api.pods().length === 0 &&
    api.nodes().length === 0 &&
    ec2.instances().every(({ state }) => state === 'terminated');
  const untilMs = world.time.startMs + limitMs;
  while (!isEmpty()) {
    if (signal.isSet()) return 'interrupted';
    if (systemClock.nowMs() > untilMs) return 'late';
    await systemClock.sleep(LOOK_MS);
  }
  return 'empty';
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof DovetailError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
// The poller may be in the middle of its fourteen minutes.
process.exit();
