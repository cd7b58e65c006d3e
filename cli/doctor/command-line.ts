// What `dovetail doctor` can be asked.
import type { Command } from 'commander';
import { clusterOption } from '../cluster-option.ts';
import { UserError } from '../user-error.ts';

interface DoctorOptions {
  readonly cluster: string;
  readonly region?: string;
  readonly stack?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly createServiceLinkedRoles: boolean;
  readonly json: boolean;
}

export function addDoctor(program: Command, ended: (exitCode: number) => void): void {
  program
    .command('doctor')
    .description('check everything that Dovetail needs, before and after the deploy')
    .addOption(clusterOption('name of the EKS cluster'))
    .option('--region <region>', "region of the cluster; the environment's or the profile's when absent")
    .option('--stack <name>', 'name of the stack, where it is not dovetail-CLUSTER')
    .option('--kubeconfig <file>', 'way into the cluster; the AWS credentials when absent')
    .option('--context <name>', 'context of the kubeconfig; its current one when absent')
    .option('--create-service-linked-roles', 'first make those of Spot and EC2 Fleet: the only write', false)
    .option('--json', 'print the checks as JSON', false)
    .action(async ({ kubeconfig, context, ...options }: DoctorOptions) => {
      if (context !== undefined && kubeconfig === undefined) {
        throw new UserError(['--context: names a context of --kubeconfig: give both']);
      }
      const live =
        kubeconfig === undefined
          ? {}
          : { live: { kubeconfig, ...(context === undefined ? {} : { context }) } };
      const { doctorCommand } = await import('../commands/doctor.ts');
      ended(await doctorCommand({ ...options, ...live }));
    });
}
