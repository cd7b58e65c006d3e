import { ec2Client } from '../../lib/adapters/aws/ec2/client.ts';
import { Ec2Fleet } from '../../lib/adapters/aws/ec2/fleet.ts';
import { LaunchTemplates } from '../../lib/adapters/aws/ec2/launch-templates.ts';
import { DovetailError } from '../../lib/model/errors.ts';
import type { Fleet } from '../../lib/ports/fleet.ts';
import type { Base } from './base.ts';
import { clientOptions, type Environment } from './clients.ts';

export const ec2Of = (env: Environment, share: number, { clock }: Base) =>
  ec2Client({ ...clientOptions(env, 'EC2'), clock, share });

/** EC2 for a function that looks at instances and ends them: it has no right to start any. */
export function fleetWithoutLaunches(env: Environment, share: number, base: Base): Fleet {
  const client = ec2Of(env, share, base);
  const { installation, clock } = base;
  return new Ec2Fleet({
    client,
    installation,
    launchTemplates: new LaunchTemplates({ client, installation, clock }),
    templatesOf: async () => {
      throw new DovetailError('LaunchNotHere', 'only the provisioner launches instances', 'never');
    },
  });
}
