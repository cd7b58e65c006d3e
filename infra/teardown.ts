/** What happens when the stack is deleted: the parameter that says it, and the custom resource that does it. */
import { CfnParameter, CustomResource, Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type * as z from 'zod';
import type { teardownEnv } from '../functions/teardown/env.ts';
import { Ec2Permissions } from './ec2-permissions.ts';
import { ServiceFunction } from './function.ts';
import { stopParameterName } from './functions.ts';
import type { Network } from './network.ts';
import { Permissions } from './permissions.ts';
import type { Queues } from './queues.ts';
import { EC2_RATE_SHARE } from './settings.ts';
import type { Storage } from './storage.ts';

export interface TeardownProps {
  readonly cluster: string;
  readonly installation: string;
  readonly storage: Storage;
  readonly queues: Queues;
  readonly network?: Network;
}

/** Of one call; with Lambda's two more and the minutes between them CloudFormation's hour is not used up. */
const TIMEOUT = Duration.minutes(15);

export class Teardown extends Construct {
  readonly resource: CustomResource;
  readonly onDelete: CfnParameter;

  constructor(scope: Construct, id: string, props: TeardownProps) {
    super(scope, id);
    this.onDelete = new CfnParameter(this, 'OnDelete', {
      description: 'When the stack is deleted: keep the nodes running, or drain them first',
      allowedValues: ['keep', 'drain'],
      default: 'keep',
    });
    const { alias } = this.#function(props);
    alias.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.hours(1) });
    this.resource = new CustomResource(this, 'Resource', {
      serviceToken: alias.functionArn,
      resourceType: 'Custom::DovetailTeardown',
      serviceTimeout: Duration.hours(1),
      properties: { OnDelete: this.onDelete.valueAsString },
    });
  }

  #function({ cluster, installation, storage, queues, network }: TeardownProps): ServiceFunction {
    const may = new Permissions({ storage, cluster });
    const ec2 = new Ec2Permissions(installation);
    const environment: Record<keyof z.input<typeof teardownEnv>, string> = {
      INSTALLATION: installation,
      TABLE_NAME: storage.table.tableName,
      DRAIN_QUEUE_URL: queues.drain.queueUrl,
      STOP_PARAMETER: stopParameterName(cluster),
      EC2_RATE_SHARE: String(EC2_RATE_SHARE),
      LOG_LEVEL: 'INFO',
    };
    return new ServiceFunction(this, 'Function', {
      name: 'teardown',
      description: `Dovetail for ${cluster}: drains nodes when the stack is deleted, if told to`,
      memoryMib: 256,
      timeoutSeconds: TIMEOUT.toSeconds(),
      environment,
      permissions: [
        ...may.table('no checks'),
        may.send(queues.drain),
        may.stopParameter(),
        may.setStopParameter(),
        ec2.reads('DescribeInstances', 'DescribeLaunchTemplates'),
        ec2.deleteTemplates(),
      ],
      ...(network === undefined ? {} : { network }),
    });
  }
}
