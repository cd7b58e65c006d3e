import { InvalidArgumentError, Option } from 'commander';

/** EKS's rule for names (https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html). */
const NAME = /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/;

export const clusterOption = (description: string): Option =>
  new Option('--cluster <name>', description).makeOptionMandatory().argParser(clusterName);

function clusterName(text: string): string {
  if (NAME.test(text)) return text;
  throw new InvalidArgumentError(
    'Want the name of an EKS cluster, not its ARN: letters, digits, - and _, at most 100.',
  );
}
