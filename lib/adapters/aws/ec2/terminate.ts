import { type EC2Client, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import type { InstanceId } from '../../../model/ids.ts';
import { ec2Call, isCode } from './ec2-call.ts';

/** EC2 asks for batches: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html */
const BATCH = 100;

/** Ends instances; those that EC2 does not know are left out. */
export async function terminateInstances(client: EC2Client, ids: readonly InstanceId[]): Promise<void> {
  for (let start = 0; start < ids.length; start += BATCH) {
    await terminateBatch(client, ids.slice(start, start + BATCH));
  }
}

/** One unknown id fails the whole batch, so halves are tried until it stands alone. */
async function terminateBatch(client: EC2Client, ids: readonly InstanceId[]): Promise<void> {
  try {
    await ec2Call('TerminateInstances', ids.join(', '), () =>
      client.send(new TerminateInstancesCommand({ InstanceIds: [...ids] })),
    );
  } catch (error) {
    if (!isCode(error, 'InvalidInstanceID.NotFound')) throw error;
    if (ids.length <= 1) return;
    const half = Math.ceil(ids.length / 2);
    await terminateBatch(client, ids.slice(0, half));
    await terminateBatch(client, ids.slice(half));
  }
}
