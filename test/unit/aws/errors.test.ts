import { describe, expect, it } from 'vitest';
import { type AwsCall, type AwsService, awsCall, awsError } from '../../../lib/adapters/aws/errors.ts';
import { DovetailError } from '../../../lib/model/errors.ts';

const call: AwsCall = { service: 'DynamoDB', action: 'dynamodb:PutItem', target: 'table dovetail' };

/** As the SDK throws it. */
const sdkError = (name: string, message = 'said AWS', status = 400): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });

const codeAndRetry = (cause: unknown, service: AwsService = 'DynamoDB'): readonly string[] => {
  const { code, retry } = awsError(cause, { ...call, service });
  return [code, retry];
};

describe('AWS errors', () => {
  it.each([
    ['AccessDeniedException', 'AccessDenied', 'never'],
    ['ExpiredTokenException', 'ExpiredCredentials', 'same-request'],
    ['UnrecognizedClientException', 'CredentialsNotAccepted', 'never'],
    ['CredentialsProviderError', 'CredentialsMissing', 'never'],
    ['ThrottlingException', 'Throttled', 'same-request'],
    ['InternalServerError', 'ServiceUnavailable', 'same-request'],
    ['TimeoutError', 'EndpointUnreachable', 'same-request'],
    ['ValidationException', 'InvalidRequest', 'never'],
  ])('gives %s the code %s and retry %s in services that have no other word for it', (name, code, retry) => {
    for (const service of ['DynamoDB', 'S3', 'SQS'] as const) {
      expect(codeAndRetry(sdkError(name), service)).toEqual([code, retry]);
    }
  });

  it('tells a missing table from a missing parameter by the service', () => {
    expect(codeAndRetry(sdkError('ResourceNotFoundException'))).toEqual(['TableNotFound', 'never']);
    expect(codeAndRetry(sdkError('QueueDoesNotExist'), 'SQS')).toEqual(['QueueNotFound', 'never']);
    expect(codeAndRetry(sdkError('NoSuchBucket'), 'S3')).toEqual(['BucketNotFound', 'never']);
  });

  it('names the action, the target and what AWS said, and keeps the cause', () => {
    const cause = sdkError('AccessDeniedException', 'User: arn:aws:sts::1:role/x is not authorized');
    const error = awsError(cause, call);
    expect(error.message).toBe(
      'cannot dynamodb:PutItem on table dovetail: allow this action on this resource in the role that called (AccessDeniedException: User: arn:aws:sts::1:role/x is not authorized)',
    );
    expect(error.cause).toBe(cause);
  });

  it("knows Node's codes of connections that failed", () => {
    const refused = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' });
    expect(codeAndRetry(refused)).toEqual(['EndpointUnreachable', 'same-request']);
  });

  it('says that no region is set', () => {
    expect(codeAndRetry(new Error('Region is missing'))).toEqual(['RegionMissing', 'never']);
  });

  it.each([
    [403, 'AccessDenied', 'never'],
    [429, 'Throttled', 'same-request'],
    [503, 'ServiceUnavailable', 'same-request'],
  ])('judges an unknown code by its HTTP status %d', (status, code, retry) => {
    expect(codeAndRetry(sdkError('Odd', '', status))).toEqual([code, retry]);
  });

  it('asks for the same request again where nothing is known, and names the code', () => {
    const error = awsError(sdkError('BrandNewException', 'hm'), call);
    expect([error.code, error.retry]).toEqual(['UnknownAwsError', 'same-request']);
    expect(error.message).toContain('BrandNewException: hm');
  });

  it('leaves our own errors as they are', async () => {
    const own = new DovetailError('NewerSchema', 'item', 'same-request');
    await expect(awsCall(call, () => Promise.reject(own))).rejects.toBe(own);
  });
});
