/** Dovetail for one cluster, as a construct: for the app beside it, and for people with an app of their own. */
import { Aws, type CfnElement, CfnOutput, Fn } from 'aws-cdk-lib';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { Access } from './access.ts';
import { Alarms } from './alarms.ts';
import { refuseWrongProps } from './checked-props.ts';
import { Board } from './dashboard.ts';
import { type FunctionChoices, Functions, stopParameterName } from './functions.ts';
import { acknowledgeFindings } from './nag.ts';
import { Network, type NetworkProps } from './network.ts';
import { NodeRoles } from './node-roles.ts';
import { Queues } from './queues.ts';
import { FUNCTION_NAMES } from './settings.ts';
import { Storage } from './storage.ts';
import { Teardown } from './teardown.ts';
import { Wake } from './wake.ts';

export interface DovetailProps extends FunctionChoices {
  /** Name of an EKS cluster in the stack's account and region, with authentication mode API or API_AND_CONFIG_MAP. */
  readonly cluster: string;
  /** Names of the roles that nodes may have. Absent: one is made. */
  readonly nodeRoles?: readonly string[];
  /** For clusters whose endpoint is private, or public to listed addresses only. */
  readonly network?: NetworkProps;
  /** Default `apply`. With `print` somebody else applies RBAC and makes the entries of node roles. */
  readonly rbac?: 'apply' | 'print';
  /** ARN of an SNS topic that every alarm tells. */
  readonly alarmTopic?: string;
}

export class Dovetail extends Construct {
  /** Names this deployment in tags: the cluster's name and eight characters of the stack's id. */
  readonly installation: string;
  /** What a person types or reads, by the name that it should have in a stack of its own. */
  readonly faces: Readonly<Record<string, CfnElement>>;

  constructor(scope: Construct, id: string, props: DovetailProps) {
    super(scope, id);
    refuseWrongProps(props);
    const { cluster } = props;
    const stackUuid = Fn.select(2, Fn.split('/', Aws.STACK_ID));
    this.installation = `${cluster}-${Fn.select(0, Fn.split('-', stackUuid))}`;
    const storage = new Storage(this, 'Storage', { cluster });
    const queues = new Queues(this, 'Queues');
    const nodeRoles = new NodeRoles(this, 'NodeRoles', {
      cluster,
      ...(props.nodeRoles === undefined ? {} : { names: props.nodeRoles }),
    });
    const network =
      props.network === undefined ? {} : { network: new Network(this, 'Network', props.network) };
    const stop = this.#stopParameter(cluster);
    const shared = { cluster, installation: this.installation, storage, queues, nodeRoles, ...network };
    const functions = new Functions(this, 'Functions', { ...shared, choices: props }).all;
    const access = new Access(this, 'Access', { ...shared, functions, rbac: props.rbac ?? 'apply' });
    // A release that needs a new right in the cluster goes live when it has it.
    for (const name of ['poller', 'drainer'] as const) functions[name].alias.node.addDependency(access);
    const wake = new Wake(this, 'Wake', { cluster, functions, queues });
    // Who may not enter the cluster yet need not be woken; and on the way down nobody is woken who no longer may.
    wake.node.addDependency(access);
    const teardown = new Teardown(this, 'Teardown', shared);
    // Gone first, because whatever empties the cluster needs all the rest.
    teardown.resource.node.addDependency(
      wake,
      access,
      stop,
      ...FUNCTION_NAMES.map((name) => functions[name]),
    );
    new Alarms(this, 'Alarms', {
      ...{ installation: this.installation, functions, queues },
      ...(props.alarmTopic === undefined ? {} : { topicArn: props.alarmTopic }),
    });
    const board = new Board(this, 'Board', { ...shared, functions });
    const outputs = this.#outputs({
      Installation: [this.installation, 'Value of the tag dovetail.sh/installation on everything bought'],
      NodeRoles: [nodeRoles.roleNames.join(','), 'Roles that an EC2NodeClass may name in spec.role'],
      Documents: [`/dovetail/${cluster}`, 'Path of the SSM parameters: nodepools/NAME and nodeclasses/NAME'],
      StopParameter: [stopParameterName(cluster), 'Kill switch: none, launches or all'],
      Table: [storage.table.tableName, 'Claims, plans, leases, documents'],
      Bucket: [storage.bucket.bucketName, 'Snapshots; stays when the stack goes, and empties itself'],
      Dashboard: [board.dashboardName, 'CloudWatch dashboard'],
      Functions: [
        FUNCTION_NAMES.map((name) => functions[name].functionName).join(','),
        'For going back to an earlier version (docs/deploy.md)',
      ],
      Publisher: [functions.publisher.alias.functionArn, 'Called by dovetail apply: documents changed'],
      ...(network.network === undefined
        ? {}
        : {
            FunctionSecurityGroup: [
              network.network.securityGroupId,
              "Let it in on port 443 of the cluster's security group",
            ] as const,
          }),
    });
    this.faces = { ...outputs, OnDelete: teardown.onDelete };
    acknowledgeFindings(this, {
      cluster,
      bucket: storage.bucket.node.defaultChild as CfnElement,
      entryRoles: access.entryRoles,
    });
  }

  #stopParameter(cluster: string): StringParameter {
    return new StringParameter(this, 'Stop', {
      parameterName: stopParameterName(cluster),
      stringValue: 'none',
      allowedPattern: '^(none|launches|all)$',
      description: 'Dovetail does no launches, or nothing but cleaning up: none, launches, all',
    });
  }

  #outputs(outputs: Readonly<Record<string, readonly [value: string, description: string]>>) {
    const scope = new Construct(this, 'Outputs');
    return Object.fromEntries(
      Object.entries(outputs).map(([name, [value, description]]) => [
        name,
        new CfnOutput(scope, name, { value, description }),
      ]),
    );
  }
}
