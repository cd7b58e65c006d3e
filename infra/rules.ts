// What the choices of a stack may be, on the command line and in an app of one's own.

/** https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html */
export const CLUSTER = /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/;
export const ROLE = /^[\w+=,.@-]{1,64}$/;
export const VPC = /^vpc-[0-9a-f]{8,17}$/;
export const SUBNET = /^subnet-[0-9a-f]{8,17}$/;
export const TOPIC = /^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w-]+$/;

export const isLimit = (value: number): boolean => Number.isInteger(value) && value > 0;
export const isShare = (value: number): boolean => value > 0 && value <= 1;

/** What an error asks for, by the name of the choice. */
export const WANT = {
  cluster: 'the name of an EKS cluster: letters, digits, - and _, at most 100',
  nodeRoles: 'names of IAM roles (not ARNs)',
  vpc: 'the id of a VPC',
  subnets: 'ids of subnets',
  alarmTopic: 'the ARN of an SNS topic',
  maxLaunchesPerHour: 'a whole number above 0',
  maxTerminationsPerHour: 'a whole number above 0',
  ec2RateShare: 'a number above 0, at most 1',
} as const;
