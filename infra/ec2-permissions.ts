/**
 * What functions may do in EC2. Reads know neither resources nor conditions; every write is limited to what carries this
 * installation's tag, by the request's tags where something is made and by the resource's where something is changed.
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
import { Aws } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { TAG } from '../lib/model/labels.ts';
import { allow, ownArn } from './permissions.ts';

/** Made by a launch, and tagged by us at its creation. */
const TAGGED = ['instance', 'volume', 'network-interface', 'fleet'];
/** Named by a launch. Other accounts share them, and in a shared VPC the subnets' ARNs have their owner's account. */
export const USED = ['security-group', 'subnet', 'capacity-reservation', 'placement-group'];
/** A Spot request is made by a launch as well, but EC2 asks for no tags of ours on it. */
export const REQUESTED = 'spot-instances-request';
/** Images and snapshots belong to anybody: their ARNs have no account. */
const PUBLIC = ['image', 'snapshot'];

export class Ec2Permissions {
  readonly #installation: string;

  constructor(installation: string) {
    this.#installation = installation;
  }

  reads(...actions: readonly string[]): PolicyStatement {
    return allow(
      'Ec2Reads',
      ['*'],
      actions.map((action) => `ec2:${action}`),
    );
  }

  /** CreateFleet, and what EC2 then does in the caller's name. */
  launch(nodeRoleArns: readonly string[]): PolicyStatement[] {
    const requested = { StringEquals: { [`aws:RequestTag/${TAG.installation}`]: this.#installation } };
    const owned = this.#owned();
    const launching = ['ec2:CreateFleet', 'ec2:RunInstances'];
    return [
      allow(
        'LaunchWith',
        [...USED.map(anyAccount), ownAccount(REQUESTED), ...PUBLIC.map(noAccount)],
        launching,
      ),
      allow('LaunchFromOwnTemplates', [ownAccount('launch-template')], launching, owned),
      allow('LaunchTagged', TAGGED.map(ownAccount), launching, requested),
      allow('MakeTemplates', [ownAccount('launch-template')], ['ec2:CreateLaunchTemplate'], requested),
      allow('TagWhatIsMade', [...TAGGED, 'launch-template'].map(ownAccount), ['ec2:CreateTags'], {
        StringEquals: {
          ...requested.StringEquals,
          'ec2:CreateAction': ['CreateFleet', 'RunInstances', 'CreateLaunchTemplate'],
        },
      }),
      // Which claim took an instance is known only afterwards.
      allow('TagInstances', [ownAccount('instance')], ['ec2:CreateTags'], {
        ...owned,
        'ForAllValues:StringEquals': { 'aws:TagKeys': [TAG.claim, 'Name'] },
      }),
      allow('PassNodeRoles', nodeRoleArns, ['iam:PassRole'], {
        StringEquals: { 'iam:PassedToService': `ec2.${Aws.URL_SUFFIX}` },
      }),
    ];
  }

  terminate(): PolicyStatement {
    return allow('TerminateOwn', [ownAccount('instance')], ['ec2:TerminateInstances'], this.#owned());
  }

  deleteTemplates(): PolicyStatement {
    return allow(
      'DeleteOwnTemplates',
      [ownAccount('launch-template')],
      ['ec2:DeleteLaunchTemplate'],
      this.#owned(),
    );
  }

  #owned() {
    return { StringEquals: { [`aws:ResourceTag/${TAG.installation}`]: this.#installation } };
  }
}

const ownAccount = (resource: string): string => ownArn('ec2', `${resource}/*`);
const anyAccount = (resource: string): string => `arn:${Aws.PARTITION}:ec2:${Aws.REGION}:*:${resource}/*`;
const noAccount = (resource: string): string => `arn:${Aws.PARTITION}:ec2:${Aws.REGION}::${resource}/*`;
