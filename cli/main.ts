// The `dovetail` command line: what can be asked for. Commands are loaded when they are called, so that each starts fast.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { EMBEDDED_REGIONS, type EmbeddedRegion } from '../lib/adapters/memory/embedded-catalog.ts';
import { servedPodsSchema } from '../lib/config/served-pods.ts';
import { MAX_ITERATIONS, MAX_SEED } from '../lib/config/solver-settings.ts';
import { DovetailError } from '../lib/model/errors.ts';
import type { CapacityType } from '../lib/model/offering.ts';
import {
  DEFAULT_POLICIES,
  MIN_VALUES_POLICIES,
  type PlanningPolicies,
  PREFERENCE_POLICIES,
} from '../lib/model/planning-policies.ts';
import type { ServedPods } from '../lib/model/served-pods.ts';
import { DEFAULT_SOLVER_SETTINGS, SOLVERS, type SolverName } from '../lib/model/solver-settings.ts';
import { VARIANTS, type Variant } from '../lib/report/run-comparison.ts';
import { profileHint } from './aws-environment.ts';
import { addDeployedCommands } from './deployed/commands.ts';
import { addDoctor } from './doctor/command-line.ts';
import { EXIT } from './exit-code.ts';
import { fileOption } from './file-option.ts';
import type { LiveSource } from './live/kubeconfig.ts';
import { ignoreClosedPipes, writeErr, writeErrLines } from './output.ts';
import { UserError } from './user-error.ts';

/** Capacity types with embedded prices. */
const CAPACITY_TYPES: readonly CapacityType[] = ['on-demand', 'spot'];

/** Runs one command line (without the program's name) and gives the exit code. Never throws. */
export async function main(argv: readonly string[]): Promise<number> {
  ignoreClosedPipes();
  let exitCode: number = EXIT.good;
  const program = programOf((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error);
  }
}

async function report(error: unknown): Promise<number> {
  // Commander has printed its own message, and ends so after `--help` too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.good : EXIT.badInput;
  if (error instanceof UserError) {
    await writeErrLines(error.problems);
    return EXIT.badInput;
  }
  if (error instanceof DovetailError) {
    await writeErrLines([`${error.code}: ${error.message}`, ...profileHint(error.code, process.env)]);
    return EXIT.unmet;
  }
  const stack = error instanceof Error ? error.stack : String(error);
  await writeErr(`dovetail failed in a way it should not; please report this:\n${stack}\n`);
  return EXIT.internal;
}

function programOf(ended: (exitCode: number) => void): Command {
  const program = new Command('dovetail')
    .description('Just-in-time EC2 nodes for an EKS cluster, from outside the cluster')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });
  addPlan(program, ended);
  addValidate(program, ended);
  addSimulate(program, ended);
  addRbac(program, ended);
  addDeployedCommands(program, ended);
  addDoctor(program, ended);
  return program;
}

function addPlan(program: Command, ended: (exitCode: number) => void): void {
  program
    .command('plan')
    .description('show the nodes that the documents or a live cluster need, without buying any')
    .addOption(fileOption().default([], 'none'))
    .option('--kubeconfig <file>', 'plan for the unschedulable pods of the cluster that this file leads to')
    .option('--context <name>', 'context of the kubeconfig; its current one when absent')
    .addOption(
      new Option('--region <region>', 'region whose types and prices to use')
        .choices(EMBEDDED_REGIONS)
        .default('us-east-1'),
    )
    .option('--zones <zones>', 'only these zones, such as us-east-1a,us-east-1b', list, [])
    .option('--capacity-type <types>', 'only these: on-demand, spot', capacityTypes, [])
    .addOption(
      new Option('--preference-policy <policy>', 'whether preferred affinity and ScheduleAnyway spread count')
        .choices(PREFERENCE_POLICIES)
        .default(DEFAULT_POLICIES.preferencePolicy),
    )
    .addOption(
      new Option('--min-values-policy <policy>', 'whether fewer values than minValues are accepted')
        .choices(MIN_VALUES_POLICIES)
        .default(DEFAULT_POLICIES.minValuesPolicy),
    )
    .addOption(
      new Option('--solver <solver>', "greedy is Karpenter's algorithm, which optimal is compared with")
        .choices(SOLVERS)
        .default(DEFAULT_SOLVER_SETTINGS.solver),
    )
    .option(
      '--budget <iterations>',
      'how much optimal may try; the same budget gives the same plan',
      budget,
      DEFAULT_SOLVER_SETTINGS.iterations,
    )
    .option('--serve-namespaces <names>', 'only pods of these namespaces', list)
    .option('--serve-namespace-selector <labels>', 'or of namespaces with these labels, as for kubectl -l')
    .option('--serve-pods <labels>', 'only pods with these labels, such as team=x,!legacy')
    .option('--price-constraints', 'plan again without constraints, one at a time: what each costs', false)
    .option('--json', 'print the plan as JSON', false)
    .action(async (options: PlanOptions) => {
      const { planCommand } = await import('./commands/plan.ts');
      const {
        filename: paths,
        region,
        zones,
        capacityType,
        preferencePolicy,
        minValuesPolicy,
        json,
        solver,
        budget: iterations,
        priceConstraints,
      } = options;
      const live = { ...liveSource(options), ...servedPods(options) };
      const search = { ...DEFAULT_SOLVER_SETTINGS, solver, iterations };
      const policies = { preferencePolicy, minValuesPolicy, solver: search };
      const output = { priceConstraints, json };
      ended(
        await planCommand({
          paths,
          region,
          zones,
          capacityTypes: capacityType,
          policies,
          ...output,
          ...live,
        }),
      );
    });
}

function liveSource({ kubeconfig, context }: PlanOptions): { readonly live?: LiveSource } {
  if (kubeconfig !== undefined)
    return { live: { kubeconfig, ...(context === undefined ? {} : { context }) } };
  if (context !== undefined) throw new UserError(['--context: names a context of --kubeconfig: give both']);
  return {};
}

const SERVE_FLAG: Readonly<Record<string, string>> = {
  namespaces: '--serve-namespaces',
  namespaceSelector: '--serve-namespace-selector',
  podSelector: '--serve-pods',
};

function servedPods(options: PlanOptions): { readonly serves?: ServedPods } {
  const { serveNamespaces: namespaces, serveNamespaceSelector: namespaceSelector, servePods } = options;
  if ([namespaces, namespaceSelector, servePods].every((each) => each === undefined)) return {};
  const { data, error } = servedPodsSchema.safeParse({
    namespaces,
    namespaceSelector,
    podSelector: servePods,
  });
  if (data !== undefined) return { serves: data };
  throw new UserError(
    (error?.issues ?? []).map(({ message, path: [member] }) => `${SERVE_FLAG[String(member)]}: ${message}`),
  );
}

interface PlanOptions extends Omit<PlanningPolicies, 'solver'> {
  readonly solver: SolverName;
  readonly budget: number;
  readonly priceConstraints: boolean;
  readonly serveNamespaces?: readonly string[];
  readonly serveNamespaceSelector?: string;
  readonly servePods?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly filename: readonly string[];
  readonly region: EmbeddedRegion;
  readonly zones: readonly string[];
  readonly capacityType: readonly CapacityType[];
  readonly json: boolean;
}

function addValidate(program: Command, ended: (exitCode: number) => void): void {
  program
    .command('validate')
    .description('find everything that is wrong with the documents')
    .addOption(fileOption().makeOptionMandatory())
    .action(async ({ filename }: { readonly filename: readonly string[] }) => {
      const { validateCommand } = await import('./commands/validate.ts');
      ended(await validateCommand({ paths: filename }));
    });
}

function addSimulate(program: Command, ended: (exitCode: number) => void): void {
  const command = program.command('simulate');
  // The two share one value, of which only the last given would be left.
  const comparisons = new Set<string>();
  for (const name of ['compare', 'no-compare']) {
    command.on(`option:${name}`, () => comparisons.add(name));
  }
  command
    .description('run a scenario in virtual time and tell what happens')
    .argument('<scenario>', 'scenario file')
    .option('--seed <n>', `whole number up to ${MAX_SEED}; the scenario's own when absent`, seed)
    .addOption(
      new Option('--solver <solver>', "how plans are made; the scenario's own when absent").choices(SOLVERS),
    )
    .option(
      '--compare <variants>',
      `run it again as ${VARIANTS.join(', ')}; the scenario's own when absent`,
      variants,
    )
    .option('--no-compare', 'run it once')
    .option('--trace <file>', 'write every step to this file, as JSON lines')
    .option('--json', 'print the summary as JSON instead of the story', false)
    .action(async (scenario: string, options: SimulateOptions) => {
      if (comparisons.size > 1) {
        throw new UserError(['--compare: cannot be had together with --no-compare: give one of them']);
      }
      const { simulateCommand } = await import('./commands/simulate.ts');
      ended(await simulateCommand({ scenario, ...options }));
    });
}

function addRbac(program: Command, ended: (exitCode: number) => void): void {
  program
    .command('rbac')
    .description("print the functions' rights in the cluster, for kubectl apply -f -")
    .action(async () => {
      const { rbacCommand } = await import('./commands/rbac.ts');
      ended(await rbacCommand());
    });
}

interface SimulateOptions {
  readonly seed?: number;
  readonly solver?: SolverName;
  readonly compare?: readonly Variant[] | false;
  readonly trace?: string;
  readonly json: boolean;
}

/** Comma-separated, and the option may be given again. */
function list(text: string, previous: readonly string[] = []): string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.includes('')) throw new InvalidArgumentError('Want names separated by single commas.');
  return [...new Set([...previous, ...parts])];
}

function capacityTypes(text: string, previous: readonly CapacityType[]): CapacityType[] {
  return list(text, previous).map((part) => {
    const known = CAPACITY_TYPES.find((type) => type === part);
    if (known === undefined) {
      throw new InvalidArgumentError(`Unknown "${part}": want one or more of ${CAPACITY_TYPES.join(', ')}.`);
    }
    return known;
  });
}

function variants(text: string): Variant[] {
  return list(text).map((part) => {
    const known = VARIANTS.find((variant) => variant === part);
    if (known === undefined) {
      throw new InvalidArgumentError(`Unknown "${part}": want one or more of ${VARIANTS.join(', ')}.`);
    }
    return known;
  });
}

function budget(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > MAX_ITERATIONS) {
    throw new InvalidArgumentError(`Want a whole number of iterations from 0 to ${MAX_ITERATIONS}.`);
  }
  return value;
}

function seed(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > MAX_SEED) {
    throw new InvalidArgumentError(`Want a whole number from 0 to ${MAX_SEED}.`);
  }
  return value;
}
