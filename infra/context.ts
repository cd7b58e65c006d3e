/** What `-c name=value` may say, checked: the props of the construct, or one error that names everything wrong. */
import { problemsOfServes, type Serves } from '../functions/shared/serves.ts';
import { problemsOfSolver, type SolverChoice } from '../functions/shared/solver-choice.ts';
import { MIN_VALUES_POLICIES, PREFERENCE_POLICIES } from '../lib/model/planning-policies.ts';
import { SOLVERS } from '../lib/model/solver-settings.ts';
import { compareText } from '../lib/model/stable-json.ts';
import { didYouMean } from '../lib/model/suggest.ts';
import type { DovetailProps } from './dovetail.ts';
import { CLUSTER, isLimit, isShare, ROLE, SUBNET, TOPIC, VPC, WANT } from './rules.ts';
import { SIZES } from './settings.ts';

export class ContextError extends Error {
  readonly code = 'ContextInvalid';

  constructor(problems: readonly string[]) {
    super(
      `the command line is not as the stack needs it:\n${problems.map((line) => `  ${line}`).join('\n')}`,
    );
    this.name = 'ContextInvalid';
  }
}

type Context = Readonly<Record<string, unknown>>;

/** CDK's own names have a colon, an at sign or a dash. */
const OF_A_PERSON = /^\w+$/;
/** What says whose pods are served. */
const SERVES = {
  namespaces: 'serveNamespaces',
  namespaceSelector: 'serveNamespaceSelector',
  podSelector: 'servePods',
} as const;

/** Throws `ContextError` with every problem at once; a name that is no choice is one, because it would change nothing. */
export function propsOfContext(context: Context): DovetailProps {
  const reader = new Reader(context);
  const props = {
    cluster: reader.cluster(),
    ...reader.list('nodeRoles', ROLE, `${WANT.nodeRoles}, separated by commas`),
    ...reader.network(),
    ...reader.choice('size', SIZES),
    ...reader.choice('pollMode', ['watch', 'list'] as const),
    ...reader.choice('rbac', ['apply', 'print'] as const),
    ...reader.choice('preferencePolicy', PREFERENCE_POLICIES),
    ...reader.choice('minValuesPolicy', MIN_VALUES_POLICIES),
    ...reader.solver(),
    ...reader.flag('reservedConcurrency'),
    ...reader.number('maxLaunchesPerHour', isLimit, WANT.maxLaunchesPerHour),
    ...reader.number('maxTerminationsPerHour', isLimit, WANT.maxTerminationsPerHour),
    ...reader.number('ec2RateShare', isShare, WANT.ec2RateShare),
    ...reader.serves(),
    ...reader.text('alarmTopic', TOPIC, WANT.alarmTopic),
  };
  reader.refuseOthers();
  if (reader.problems.length > 0) throw new ContextError(reader.problems);
  return props;
}

class Reader {
  readonly problems: string[] = [];
  readonly #context: Context;
  readonly #known = new Set<string>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** To be called when everything that may be said has been read. */
  refuseOthers(): void {
    for (const name of Object.keys(this.#context).sort(compareText)) {
      if (this.#known.has(name) || !OF_A_PERSON.test(name)) continue;
      const hint = didYouMean(name, [...this.#known]);
      this.problems.push(`${name} is no choice of this stack${hint || '; docs/deploy.md lists them'}`);
    }
  }

  #said(name: string): unknown {
    this.#known.add(name);
    return this.#context[name];
  }

  cluster(): string {
    const name = this.#said('cluster');
    if (typeof name === 'string' && CLUSTER.test(name)) return name;
    this.problems.push(
      name === undefined
        ? 'cluster is missing: add -c cluster=NAME, the name of your EKS cluster'
        : `cluster=${shown(name)} is no name of an EKS cluster: want letters, digits, - and _, at most 100`,
    );
    return '';
  }

  text<K extends string>(name: K, rule: RegExp, want: string): { readonly [P in K]?: string } {
    const value = this.#said(name);
    if (value === undefined) return {};
    if (typeof value === 'string' && rule.test(value)) return one(name, value);
    this.#wrong(name, value, want);
    return {};
  }

  list<K extends string>(name: K, rule: RegExp, want: string): { readonly [P in K]?: readonly string[] } {
    const value = this.#said(name);
    if (value === undefined) return {};
    const items = String(value).split(',');
    if (items.every((item) => rule.test(item)) && new Set(items).size === items.length)
      return one(name, items);
    this.#wrong(name, value, want);
    return {};
  }

  choice<K extends string, V extends string>(name: K, values: readonly V[]): { readonly [P in K]?: V } {
    const value = this.#said(name);
    if (value === undefined) return {};
    const known = values.find((each) => each === value);
    if (known !== undefined) return one(name, known);
    this.#wrong(name, value, values.join(' or '));
    return {};
  }

  flag<K extends string>(name: K): { readonly [P in K]?: boolean } {
    const { [name]: value } = this.choice(name, ['true', 'false'] as const);
    return value === undefined ? {} : one(name, value === 'true');
  }

  number<K extends string>(
    name: K,
    fits: (value: number) => boolean,
    want: string,
  ): { readonly [P in K]?: number } {
    const value = this.#said(name);
    if (value === undefined) return {};
    const parsed = String(value).trim() === '' ? Number.NaN : Number(value);
    if (fits(parsed)) return one(name, parsed);
    this.#wrong(name, value, want);
    return {};
  }

  /** A VPC without subnets, or the other way round, is half a sentence. */
  network(): Pick<DovetailProps, 'network'> {
    const { vpc } = this.text('vpc', VPC, WANT.vpc);
    const { subnets } = this.list('subnets', SUBNET, `${WANT.subnets}, separated by commas`);
    if (vpc !== undefined && subnets !== undefined) return { network: { vpcId: vpc, subnetIds: subnets } };
    const [has, lacks] = vpc === undefined ? ['subnets', 'vpc'] : ['vpc', 'subnets'];
    if (this.#said(has) !== undefined && this.#said(lacks) === undefined) {
      this.problems.push(`${has} is given without ${lacks}: a private endpoint needs both`);
    }
    return {};
  }

  /** `greedy`, or settings as JSON; in `cdk.json` they may stand as an object. */
  solver(): Pick<DovetailProps, 'solver'> {
    const value = this.#said('solver');
    if (value === undefined) return {};
    const written = SOLVERS.some((name) => name === value) ? { solver: value } : objectOf(value);
    if (written === undefined) {
      this.#wrong('solver', value, `${SOLVERS.join(' or ')}, or settings as a JSON object (docs/solver.md)`);
      return {};
    }
    const problems = problemsOfSolver(written);
    this.problems.push(...problems.map((problem) => `solver: ${problem}`));
    return problems.length === 0 ? { solver: written as SolverChoice } : {};
  }

  serves(): Pick<DovetailProps, 'serves'> {
    const said = Object.entries(SERVES).flatMap(([member, name]) => {
      const value = this.#said(name);
      return value === undefined
        ? []
        : [[member, member === 'namespaces' ? String(value).split(',') : value]];
    });
    const serves = Object.fromEntries(said) as Serves;
    for (const { member, problem } of problemsOfServes(serves)) {
      this.problems.push(`${SERVES[member]}=${shown(this.#said(SERVES[member]))}: ${problem}`);
    }
    return said.length === 0 ? {} : { serves };
  }

  #wrong(name: string, value: unknown, want: string): void {
    this.problems.push(`${name}=${shown(value)}: want ${want}`);
  }
}

/** An object, also as JSON text. */
function objectOf(value: unknown): object | undefined {
  try {
    const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value;
    return typeof parsed === 'object' && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

const one = <K extends string, V>(name: K, value: V) => ({ [name]: value }) as { readonly [P in K]: V };

const shown = (value: unknown): string => JSON.stringify(value) ?? String(value);
