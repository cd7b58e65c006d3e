/** The construct's props are checked when it is made: a wrong one would be found by a deploy, or by nobody. */
import { Token } from 'aws-cdk-lib';
import { problemsOfSolver } from '../functions/shared/solver-choice.ts';
import type { FunctionChoices } from './functions.ts';
import type { NetworkProps } from './network.ts';
import { CLUSTER, isLimit, isShare, ROLE, SUBNET, TOPIC, VPC, WANT } from './rules.ts';

type Limits = Pick<
  FunctionChoices,
  'maxLaunchesPerHour' | 'maxTerminationsPerHour' | 'ec2RateShare' | 'solver'
>;

interface Checked extends Limits {
  readonly cluster: string;
  readonly nodeRoles?: readonly string[];
  readonly network?: NetworkProps;
  readonly alarmTopic?: string;
}

/** Throws one `PropsInvalid` that names everything wrong. What CDK knows only later is left to AWS. */
export function refuseWrongProps(props: Checked): void {
  const { cluster, nodeRoles = [], network, alarmTopic } = props;
  const wrong = [
    ...texts('cluster', [cluster], CLUSTER),
    ...texts('nodeRoles', nodeRoles, ROLE),
    ...texts('vpc', network === undefined ? [] : [network.vpcId], VPC),
    ...texts('subnets', network?.subnetIds ?? [], SUBNET),
    ...texts('alarmTopic', alarmTopic === undefined ? [] : [alarmTopic], TOPIC),
    ...number('maxLaunchesPerHour', props.maxLaunchesPerHour, isLimit),
    ...number('maxTerminationsPerHour', props.maxTerminationsPerHour, isLimit),
    ...number('ec2RateShare', props.ec2RateShare, isShare),
    ...problemsOfSolver(props.solver ?? {}).map((wrong) => `solver: ${wrong}`),
  ];
  if (wrong.length === 0) return;
  const error = new Error(`the props of Dovetail are not as the stack needs them:\n  ${wrong.join('\n  ')}`);
  error.name = 'PropsInvalid';
  throw error;
}

type Name = keyof typeof WANT;

const texts = (name: Name, values: readonly string[], rule: RegExp): string[] =>
  values
    .filter((value) => !Token.isUnresolved(value) && !rule.test(value))
    .map((value) => problem(name, value));

const number = (name: Name, value: number | undefined, fits: (value: number) => boolean): string[] =>
  value === undefined || Token.isUnresolved(value) || fits(value) ? [] : [problem(name, value)];

const problem = (name: Name, value: unknown): string =>
  `${name}: ${JSON.stringify(value)}: want ${WANT[name]}`;
