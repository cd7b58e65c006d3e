/**
 * `npm run local`: Dovetail with everything it needs in one process and no AWS. Tells a scenario's story in the time of the
 * clock on the wall and ends with it; `--keep` stays until Ctrl-C.
 */
import { parseArgs } from 'node:util';
import { systemClock } from '../../lib/adapters/system/clock.ts';
import { dynamoProgram } from '../../lib/local/dynamo-server.ts';
import { Narrator } from '../../lib/simulator/narrator.ts';
import { PodStory } from '../../lib/simulator/pod-story.ts';
import { readScenario } from './documents.ts';
import { summaryOf, watchWaits } from './figures.ts';
import { captureFunctionLogs, type LogLine } from './function-logs.ts';
import { type Local, startLocal } from './run.ts';

const USAGE = `npm run local -- [--scenario FILE] [--keep] [--as-on-aws] [--logs FILE]

  --scenario FILE  what happens: a scenario of dovetail simulate (default scenarios/local.yaml)
  --keep           stay up after the story, until Ctrl-C
  --as-on-aws      instances and nodes take as long as on AWS, instead of seconds
  --logs FILE      append the functions' logs to FILE
`;

/** The Scheduler's ticks of poller and reconciler, and the publisher's. */
const TICK_MS = 60_000;
const PUBLISH_MS = 3_600_000;
const LOOK_MS = 500;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: 'scenarios/local.yaml' },
      keep: { type: 'boolean', default: false },
      'as-on-aws': { type: 'boolean', default: false },
      logs: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (dynamoProgram() === undefined) {
    process.stderr.write('npm run local needs the optional package @dynoxide/linux-x64 (Linux on x64)\n');
    return 2;
  }
  pretendCredentials();
  const { scenario, catalog, documents } = readScenario(values.scenario);
  let story: ((line: LogLine) => void) | undefined;
  const out = captureFunctionLogs((line) => story?.(line), values.logs);
  const print = (line: string): void => out(`${line}\n`);
  let narrator: Narrator | undefined;
  print('Starting …');
  const local = await startLocal({
    ...{ scenario, catalog, documents, asOnAws: values['as-on-aws'], logLevel: 'INFO' },
    tell: (sentence) => narrator?.tell(sentence),
  });
  const { time, environment } = local.world;
  narrator = new Narrator(time, print);
  new PodStory(narrator, environment.api, () => new Set());
  story = (line) => tellLog(narrator, line);
  const waitsMs = watchWaits(environment.api, () => time.nowMs());
  for (const line of openingLines(local, values['as-on-aws'])) print(line);
  const signal = interrupted();
  tickUntil(signal, local);
  const end = await ended(local, scenario.endMs, signal);
  if (end === 'empty' && values.keep) {
    print('\nThe story is over and everything stays up. Ctrl-C ends it.');
    await signal.done;
  }
  print(
    `\n${end === 'late' ? `Not over after ${scenario.endMs / 1000} s.\n` : ''}${summaryOf(local, waitsMs).join('\n')}`,
  );
  story = undefined;
  await Promise.race([local.stop(), systemClock.sleep(3_000)]);
  return end === 'late' ? 1 : 0;
}

/** The servers want a signature and do not check it. A profile would count before these. */
function pretendCredentials(): void {
  delete process.env['AWS_PROFILE'];
  delete process.env['AWS_SESSION_TOKEN'];
  process.env['AWS_ACCESS_KEY_ID'] = 'local';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'local';
  process.env['POWERTOOLS_METRICS_DISABLED'] = 'true';
}

/** Told as the world tells it already, pod by pod. */
const TOLD_BY_THE_WORLD = ['PodsBound'];

function tellLog(narrator: Narrator, { level, service, message, type, error }: LogLine): void {
  if (level === 'ERROR' || level === 'WARN')
    narrator.tell(`${service}: ${message}${error ? `: ${error}` : ''}`);
  else if (type !== undefined && !TOLD_BY_THE_WORLD.includes(type)) narrator.tell(message);
}

function openingLines({ servers, env }: Local, asOnAws: boolean): string[] {
  const aws = Object.entries(servers.urls).map(([service, url]) => `  ${service.padEnd(9)} ${url}`);
  const times = asOnAws
    ? 'Instances and nodes take as long as on AWS.'
    : 'Instances run after about a second and join after three more; on AWS that takes about 40 s.';
  return [
    `Cluster ${env['CLUSTER_NAME']} in ${env['AWS_REGION']}, all in this process. Ticks every minute. ${times}`,
    'Servers:',
    ...aws,
    `  KUBERNETES ${servers.kube.url}`,
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

process.exitCode = await main();
// The poller may be in the middle of its fourteen minutes.
process.exit();
