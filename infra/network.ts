/** Functions inside a VPC: for clusters whose endpoint is private, or public to listed addresses only. */
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

export interface NetworkProps {
  readonly vpcId: string;
  readonly subnetIds: readonly string[];
}

/**
 * The subnets need a way to the AWS services (NAT, or endpoints for each), because a function in a VPC has no public
 * address. The cluster's security group must let `securityGroupId` in on port 443.
 */
export class Network extends Construct {
  readonly securityGroupId: string;
  readonly #props: NetworkProps;

  constructor(scope: Construct, id: string, props: NetworkProps) {
    super(scope, id);
    this.#props = props;
    const group = new CfnSecurityGroup(this, 'SecurityGroup', {
      vpcId: props.vpcId,
      groupDescription: 'Functions of Dovetail: nobody calls in, HTTPS goes out',
      securityGroupEgress: [
        {
          ipProtocol: 'tcp',
          fromPort: 443,
          toPort: 443,
          cidrIp: '0.0.0.0/0',
          description: 'EKS and AWS, IPv4',
        },
        { ipProtocol: 'tcp', fromPort: 443, toPort: 443, cidrIpv6: '::/0', description: 'EKS and AWS, IPv6' },
      ],
    });
    this.securityGroupId = group.attrGroupId;
  }

  join(handler: CfnFunction): void {
    handler.vpcConfig = {
      subnetIds: [...this.#props.subnetIds],
      securityGroupIds: [this.securityGroupId],
      ipv6AllowedForDualStack: false,
    };
  }

  /**
   * Lambda makes and removes the interfaces with the function's own role; these actions know no resources and no
   * conditions that would fit (https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions).
   */
  get permissions(): readonly PolicyStatement[] {
    return [
      new PolicyStatement({
        sid: 'Interfaces',
        actions: [
          'ec2:CreateNetworkInterface',
          'ec2:DeleteNetworkInterface',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSubnets',
          'ec2:AssignPrivateIpAddresses',
          'ec2:UnassignPrivateIpAddresses',
        ],
        resources: ['*'],
      }),
    ];
  }
}
