import { SsmParameters, ssmClient } from '../../lib/adapters/aws/ssm.ts';
import { StopParameter } from '../../lib/adapters/aws/stop-parameter.ts';
import type { StopSwitch } from '../../lib/ports/stop-switch.ts';
import type { Base } from './base.ts';
import { clientOptions, type Environment } from './clients.ts';

export const stopSwitch = (env: Environment, name: string, { clock }: Base): StopSwitch =>
  new StopParameter({ parameters: new SsmParameters(ssmClient(clientOptions(env, 'SSM'))), name, clock });
