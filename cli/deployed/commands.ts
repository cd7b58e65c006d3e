// The commands that work on a deployed stack, as commander knows them.
import { type Command, Option } from 'commander';
import { clusterOption } from '../cluster-option.ts';
import { fileOption } from '../file-option.ts';
import { PLACES, type Place } from './places.ts';

interface StackFlags {
  readonly cluster: string;
  readonly region?: string;
  readonly stack?: string;
  readonly table?: string;
  readonly publisher?: string;
}

type Ended = (exitCode: number) => void;

export function addDeployedCommands(program: Command, ended: Ended): void {
  addApply(program, ended);
  addGet(program, ended);
  addDelete(program, ended);
}

const onStack = (command: Command): Command =>
  command
    .addOption(clusterOption('EKS cluster whose stack is meant'))
    .option('--region <region>', 'region of the stack; AWS_REGION or that of the profile when absent')
    .option('--stack <name>', 'name of the stack, where it is not dovetail-CLUSTER')
    .option('--table <name>', "the stack's table, where CloudFormation cannot be asked for it")
    .option('--publisher <arn>', "the publisher's alias, beside --table");

function addApply(program: Command, ended: Ended): void {
  onStack(program.command('apply'))
    .description('put NodePools and EC2NodeClasses where the publisher reads them')
    .addOption(fileOption().makeOptionMandatory())
    .addOption(
      new Option('--to <place>', 'table of the stack, or SSM parameters').choices(PLACES).default('table'),
    )
    .option('--dry-run', 'say what would change and write nothing', false)
    .option('--wait', 'wait until the publisher has looked, and say what it found', false)
    .action(async ({ filename: paths, ...options }: ApplyFlags) => {
      const { applyCommand } = await import('../commands/apply.ts');
      ended(await applyCommand({ ...options, paths }));
    });
}

interface ApplyFlags extends StackFlags {
  readonly filename: readonly string[];
  readonly to: Place;
  readonly dryRun: boolean;
  readonly wait: boolean;
}

function addGet(program: Command, ended: Ended): void {
  onStack(program.command('get'))
    .description('show what is deployed: nodepools, nodeclasses or nodeclaims')
    .argument('<resource>', 'nodepools, nodeclasses or nodeclaims; or one by its name, as nodepool/general')
    .argument('[name]', 'only this one')
    .addOption(new Option('-o, --output <format>', 'other than a table').choices(['wide', 'json', 'yaml']))
    .action(async (resource: string, name: string | undefined, options: GetFlags) => {
      const { getCommand } = await import('../commands/get.ts');
      ended(await getCommand({ ...options, resource, ...(name === undefined ? {} : { name }) }));
    });
}

interface GetFlags extends StackFlags {
  readonly output?: 'wide' | 'json' | 'yaml';
}

function addDelete(program: Command, ended: Ended): void {
  onStack(program.command('delete'))
    .description('take NodePools or EC2NodeClasses away; their nodes stay')
    .argument('[resource]', 'nodepool or nodeclass, or names such as nodepool/general')
    .argument('[names...]', 'their names')
    .addOption(fileOption().default([], 'none'))
    .action(async (resource: string | undefined, names: readonly string[], options: DeleteFlags) => {
      const { deleteCommand } = await import('../commands/delete.ts');
      const { filename: paths, ...stack } = options;
      ended(await deleteCommand({ ...stack, names, paths, ...(resource === undefined ? {} : { resource }) }));
    });
}

interface DeleteFlags extends StackFlags {
  readonly filename: readonly string[];
}
