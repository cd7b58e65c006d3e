/** What functions may do, said once per kind of right; `functions.ts` says who has which. */
import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { MOVING_INDEX, type Storage } from './storage.ts';

const KEY_ACTIONS = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

export class Permissions {
  readonly #storage: Storage;
  readonly #cluster: string;

  constructor(options: { readonly storage: Storage; readonly cluster: string }) {
    this.#storage = options.storage;
    this.#cluster = options.cluster;
  }

  /** Items of the one table. `checks`: transactions that hold against an item they do not write (slots of an ended claim). */
  table(checks: 'checks' | 'no checks'): PolicyStatement[] {
    const { table, key } = this.#storage;
    return [
      allow(
        'Table',
        [table.tableArn, `${table.tableArn}/index/${MOVING_INDEX}`],
        [
          'dynamodb:GetItem',
          'dynamodb:Query',
          'dynamodb:PutItem',
          'dynamodb:DeleteItem',
          ...(checks === 'checks' ? ['dynamodb:ConditionCheckItem'] : []),
        ],
      ),
      allow('Key', [key.keyArn], KEY_ACTIONS, {
        StringEquals: {
          'kms:ViaService': [
            `dynamodb.${Aws.REGION}.${Aws.URL_SUFFIX}`,
            `s3.${Aws.REGION}.${Aws.URL_SUFFIX}`,
          ],
        },
      }),
    ];
  }

  /** Without the right to list, a missing object is answered like a forbidden one. */
  bucket(...actions: readonly ('Get' | 'Put')[]): PolicyStatement[] {
    const { bucket } = this.#storage;
    return [
      allow(
        'Objects',
        [bucket.arnForObjects('*')],
        actions.map((action) => `s3:${action}Object`),
      ),
      ...(actions.includes('Get') ? [allow('Bucket', [bucket.bucketArn], ['s3:ListBucket'])] : []),
    ];
  }

  send(...queues: readonly IQueue[]): PolicyStatement {
    return allow(
      'Send',
      queues.map(({ queueArn }) => queueArn),
      ['sqs:SendMessage'],
    );
  }

  describeCluster(): PolicyStatement {
    return allow('Cluster', [ownArn('eks', `cluster/${this.#cluster}`)], ['eks:DescribeCluster']);
  }

  stopParameter(): PolicyStatement {
    return allow('Stop', [this.#stop()], ['ssm:GetParameter']);
  }

  setStopParameter(): PolicyStatement {
    return allow('SetStop', [this.#stop()], ['ssm:PutParameter']);
  }

  #stop(): string {
    return ownArn('ssm', `parameter/dovetail/${this.#cluster}/stop`);
  }

  /** NodePools and EC2NodeClasses; a path is asked for as itself and answered with what is below it. */
  documents(): PolicyStatement {
    const path = ownArn('ssm', `parameter/dovetail/${this.#cluster}`);
    return allow('Documents', [path, `${path}/*`], ['ssm:GetParametersByPath']);
  }

  /** AWS's public ones, which have no account, and the cluster's own. */
  imageParameters(): PolicyStatement {
    const path = ownArn('ssm', `parameter/dovetail/${this.#cluster}/*`);
    return allow('ImageParameters', [PUBLIC_PARAMETERS, path], ['ssm:GetParameters']);
  }

  /** A public list, which knows no resources. */
  prices(): PolicyStatement {
    return allow('Prices', ['*'], ['pricing:GetProducts']);
  }
}

const PUBLIC_PARAMETERS = `arn:${Aws.PARTITION}:ssm:${Aws.REGION}::parameter/aws/service/*`;

/** With the pseudo parameters, whatever the stack knows of its account: findings are acknowledged by these texts. */
export const ownArn = (service: string, resource: string): string =>
  `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;

export const allow = (
  sid: string,
  resources: readonly string[],
  actions: readonly string[],
  conditions: Readonly<Record<string, unknown>> = {},
): PolicyStatement =>
  new PolicyStatement({ sid, resources: [...resources], actions: [...actions], conditions });
