// What EventBridge tells of instances, in its own envelope, so that a queue holds here what it holds on AWS.
import type { Ec2Event } from '../../adapters/memory/ec2.ts';
import { stableHash } from '../../model/stable-json.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html, spot-instance-termination-notices.html, rebalance-recommendations.html */
export interface InstanceEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type':
    | 'EC2 Instance State-change Notification'
    | 'EC2 Spot Instance Interruption Warning'
    | 'EC2 Instance Rebalance Recommendation';
  readonly source: 'aws.ec2';
  readonly account: string;
  /** Whole seconds, as ISO 8601. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, string>>;
}

/** A warning comes with a recommendation, which EC2 sends before it or in the same moment. */
export function instanceEvents(event: Ec2Event, region: string): readonly InstanceEvent[] {
  const of = envelope(event, region);
  if (event.kind === 'state') {
    return [of('EC2 Instance State-change Notification', { state: event.instance.state })];
  }
  return [
    of('EC2 Instance Rebalance Recommendation', {}),
    of('EC2 Spot Instance Interruption Warning', { 'instance-action': 'terminate' }),
  ];
}

const envelope =
  ({ instance, atMs }: Ec2Event, region: string) =>
  (detailType: InstanceEvent['detail-type'], detail: InstanceEvent['detail']): InstanceEvent => {
    const id = instance.instanceId;
    return {
      version: '0',
      id: stableHash([detailType, id, detail, atMs], 32),
      'detail-type': detailType,
      source: 'aws.ec2',
      account: '000000000000',
      time: `${new Date(atMs).toISOString().slice(0, 19)}Z`,
      region,
      resources: [`arn:aws:ec2:${region}:000000000000:instance/${id}`],
      detail: { 'instance-id': id, ...detail },
    };
  };
