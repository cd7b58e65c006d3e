import * as z from 'zod';

/**
 * EventBridge's "EC2 Instance State-change Notification", fed raw into the drain queue
 * (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-instance-state-changes.html). Best effort: the
 * reconciler finds what never arrived. Unknown members are allowed, because the envelope is AWS's to extend.
 */
export const instanceStateChangedSchema = z.looseObject({
  source: z.literal('aws.ec2'),
  'detail-type': z.literal('EC2 Instance State-change Notification'),
  detail: z.looseObject({
    'instance-id': z.string().regex(/^i-[0-9a-f]+$/),
    state: z.enum(['pending', 'running', 'shutting-down', 'stopped', 'stopping', 'terminated']),
  }),
});

export type InstanceStateChanged = z.infer<typeof instanceStateChangedSchema>;
