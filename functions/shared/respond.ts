/** CloudFormation's answer from a custom resource: a PUT to an address it signed, where no header may be added. */
import * as http from 'node:http';
import * as https from 'node:https';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';

/** CloudFormation takes 4 KB in all. */
const MAX_REASON_CHARACTERS = 2_000;
const TIMEOUT_MS = 10_000;

/**
 * `error` is what the person who deploys is shown. What was made has its logical id for good, because a resource with
 * another id is a new one, whose old one is deleted; what could not be made has another (`isUnmade`).
 */
export function respond(
  event: CloudFormationCustomResourceEvent,
  status: 'SUCCESS' | 'FAILED',
  error?: unknown,
): Promise<void> {
  const { ResponseURL, StackId, RequestId, LogicalResourceId } = event;
  const made = 'PhysicalResourceId' in event ? event.PhysicalResourceId : LogicalResourceId;
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error ?? 'done');
  return put(new URL(ResponseURL), {
    ...{ StackId, RequestId, LogicalResourceId },
    Status: status,
    Reason: reason.slice(0, MAX_REASON_CHARACTERS),
    PhysicalResourceId:
      status === 'FAILED' && event.RequestType === 'Create' ? `${LogicalResourceId}-unmade` : made,
  });
}

/**
 * To be deleted because its making failed, or was not answered in time; CloudFormation then gives it an id of its own.
 * Should that deletion fail too, for the same reason, the stack could be neither rolled back nor deployed again.
 */
export const isUnmade = (event: CloudFormationCustomResourceEvent): boolean =>
  event.RequestType === 'Delete' && event.PhysicalResourceId !== event.LogicalResourceId;

function put(url: URL, answer: object): Promise<void> {
  const body = JSON.stringify(answer);
  const { request } = url.protocol === 'http:' ? http : https;
  const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'PUT', headers, timeout: TIMEOUT_MS }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      if (status < 300) resolve();
      else reject(new Error(`CloudFormation's bucket answered ${status} to our answer`));
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer from the bucket of CloudFormation')));
    sent.on('error', reject);
    sent.end(body);
  });
}
