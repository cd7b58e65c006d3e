/**
 * One function as all of ours are: arm64, bundled ESM, own role without managed policies, own log group, called through
 * the alias `live`, whose earlier versions stay for going back.
 */
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Architecture,
  type CfnFunction,
  type IFunction,
  type IVersion,
  RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Network } from './network.ts';
import { LOG_RETENTION_DAYS } from './settings.ts';

export const LIVE = 'live';

export interface ServiceFunctionProps {
  /** Folder of `functions/`. */
  readonly name: string;
  readonly description: string;
  readonly memoryMib: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly permissions: readonly PolicyStatement[];
  readonly reservedConcurrency?: number;
  readonly network?: Network;
}

/** How a function becomes one file; `bench/bundles.ts` and the test of its size do the same. */
export const BUNDLING = {
  format: OutputFormat.ESM,
  target: 'node24',
  mainFields: ['module', 'main'],
  // Dependencies in CommonJS ask for `require`, which a module does not have.
  banner: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
  minify: true,
  // Our own copy: the runtime's has another version, and clients that nobody asked for.
  bundleAwsSDK: true,
};
const PROJECT = `${import.meta.dirname}/..`;

export class ServiceFunction extends Construct {
  readonly role: Role;
  readonly alias: Alias;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: LOG_RETENTION_DAYS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = this.#role(props);
    const handler = new NodejsFunction(this, 'Handler', {
      ...{ description: props.description, role: this.role, logGroup: this.logGroup },
      entry: `${PROJECT}/functions/${props.name}/handler.ts`,
      depsLockFilePath: `${PROJECT}/package-lock.json`,
      projectRoot: PROJECT,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMib,
      timeout: Duration.seconds(props.timeoutSeconds),
      environment: { ...props.environment },
      // Messages to oneself are how a drain waits and a launch goes on; both count their hops.
      recursiveLoop: RecursiveLoop.ALLOW,
      ...(props.reservedConcurrency === undefined
        ? {}
        : { reservedConcurrentExecutions: props.reservedConcurrency }),
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      bundling: BUNDLING,
    });
    props.network?.join(handler.node.defaultChild as CfnFunction);
    this.alias = new Alias(this, 'Live', { aliasName: LIVE, version: handler.currentVersion as IVersion });
  }

  /** The alias as other constructs take it: their types do not know of our stricter optional properties. */
  get target(): IFunction {
    return this.alias as IFunction;
  }

  get functionName(): string {
    return this.alias.lambda.functionName;
  }

  #role({ name, permissions, network }: ServiceFunctionProps): Role {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Dovetail's ${name}`,
    });
    role.addToPolicy(
      new PolicyStatement({
        sid: 'Logs',
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        // Ends in `:*`, which are its streams.
        resources: [this.logGroup.logGroupArn],
      }),
    );
    for (const statement of permissions) role.addToPolicy(statement);
    for (const statement of network?.permissions ?? []) role.addToPolicy(statement);
    return role;
  }
}
