import type { Account } from './account.ts';
import { createFleet } from './create-fleet.ts';
import { describeImages } from './images.ts';
import {
  describeInstanceTypeOfferings,
  describeInstanceTypes,
  describeSpotPriceHistory,
} from './instance-types.ts';
import { createTags, describeInstanceStatus, describeInstances, terminateInstances } from './instances.ts';
import { createLaunchTemplate, deleteLaunchTemplate, describeLaunchTemplates } from './launch-templates.ts';
import { describeAvailabilityZones, describeSecurityGroups, describeSubnets } from './network.ts';
import type { Query } from './query.ts';
import type { Xml } from './xml.ts';

interface Action {
  /** Of the topmost level. */
  readonly parameters: readonly string[];
  readonly answer: (account: Account, query: Query) => { readonly [name: string]: Xml };
}

const PAGED = ['Filter', 'MaxResults', 'NextToken'];

/** What is served, by EC2's names. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  CreateFleet: {
    parameters: [
      'ClientToken',
      'Type',
      'LaunchTemplateConfigs',
      'TargetCapacitySpecification',
      'SpotOptions',
      'OnDemandOptions',
      'TagSpecification',
    ],
    answer: createFleet,
  },
  DescribeInstances: { parameters: ['InstanceId', ...PAGED], answer: describeInstances },
  DescribeInstanceStatus: {
    parameters: ['InstanceId', 'IncludeAllInstances', ...PAGED],
    answer: describeInstanceStatus,
  },
  TerminateInstances: { parameters: ['InstanceId'], answer: terminateInstances },
  CreateTags: { parameters: ['ResourceId', 'Tag'], answer: createTags },
  CreateLaunchTemplate: {
    parameters: ['ClientToken', 'LaunchTemplateName', 'LaunchTemplateData', 'TagSpecification'],
    answer: createLaunchTemplate,
  },
  DescribeLaunchTemplates: {
    parameters: ['LaunchTemplateName', ...PAGED],
    answer: describeLaunchTemplates,
  },
  DeleteLaunchTemplate: {
    parameters: ['LaunchTemplateName', 'LaunchTemplateId'],
    answer: deleteLaunchTemplate,
  },
  DescribeSubnets: { parameters: ['SubnetId', ...PAGED], answer: describeSubnets },
  DescribeSecurityGroups: { parameters: ['GroupId', ...PAGED], answer: describeSecurityGroups },
  DescribeAvailabilityZones: { parameters: [], answer: describeAvailabilityZones },
  DescribeImages: {
    parameters: ['ImageId', 'Owner', 'IncludeDeprecated', ...PAGED],
    answer: describeImages,
  },
  DescribeInstanceTypes: { parameters: ['InstanceType', ...PAGED], answer: describeInstanceTypes },
  DescribeInstanceTypeOfferings: {
    parameters: ['LocationType', ...PAGED],
    answer: describeInstanceTypeOfferings,
  },
  DescribeSpotPriceHistory: {
    parameters: ['InstanceType', 'StartTime', ...PAGED],
    answer: describeSpotPriceHistory,
  },
};
