/**
 * What an AWS service's refusal, or its silence, means to us: the one place where AWS error codes are classified. Every
 * AWS adapter calls through `awsCall`. A service's own codes stand in its record; those that every service has stand in
 * `COMMON`. Retry `never` means that a person or a deployment has to change something first.
 */
import { DovetailError, type Retry } from '../../model/errors.ts';
import { EC2_ERROR_CODES } from './ec2/error-codes.ts';
import { EKS_ERROR_CODES } from './eks-error-codes.ts';
import { SSM_ERROR_CODES } from './ssm-error-codes.ts';

export type AwsService =
  | 'CloudFormation'
  | 'CloudWatch'
  | 'DynamoDB'
  | 'EC2'
  | 'EKS'
  | 'IAM'
  | 'Lambda'
  | 'Pricing'
  | 'S3'
  | 'ServiceQuotas'
  | 'SQS'
  | 'SSM'
  | 'STS';

/** What was asked, in IAM's words, and of what: `dynamodb:PutItem`, `table dovetail-prod`. */
export interface AwsCall {
  readonly service: AwsService;
  readonly action: string;
  readonly target: string;
}

export interface ErrorRule {
  /** Ours. */
  readonly code: string;
  readonly retry: Retry;
  /** What to change, or why trying again helps. */
  readonly advice: string;
}

const DENIED: ErrorRule = {
  code: 'AccessDenied',
  retry: 'never',
  advice: 'allow this action on this resource in the role that called',
};
const EXPIRED: ErrorRule = {
  code: 'ExpiredCredentials',
  retry: 'same-request',
  advice: 'the credentials have expired: log in again, or wait until the function gets new ones',
};
const NOT_ACCEPTED: ErrorRule = {
  code: 'CredentialsNotAccepted',
  retry: 'never',
  advice: 'AWS does not know these credentials: check the profile, the account and the region',
};
const NO_CREDENTIALS: ErrorRule = {
  code: 'CredentialsMissing',
  retry: 'never',
  advice: 'no AWS credentials were found: set a profile or a role',
};
const NO_REGION: ErrorRule = {
  code: 'RegionMissing',
  retry: 'never',
  advice: 'no AWS region is set: set AWS_REGION or the region of the profile',
};
const CLOCK: ErrorRule = {
  code: 'ClockSkewed',
  retry: 'same-request',
  advice: "this machine's clock differs too much from AWS's: set it right",
};
const THROTTLED: ErrorRule = {
  code: 'Throttled',
  retry: 'same-request',
  advice: 'AWS asks for fewer requests a second: this goes on later',
};
const DOWN: ErrorRule = {
  code: 'ServiceUnavailable',
  retry: 'same-request',
  advice: 'the service has trouble of its own: this goes on later',
};
const UNREACHABLE: ErrorRule = {
  code: 'EndpointUnreachable',
  retry: 'same-request',
  advice: 'no answer: check that the service can be reached from here (route, VPC endpoint, DNS, proxy)',
};
const REFUSED: ErrorRule = {
  code: 'InvalidRequest',
  retry: 'never',
  advice: 'AWS refuses the request as it is',
};
const KEY: ErrorRule = {
  code: 'KeyUnusable',
  retry: 'same-request',
  advice: 'the KMS key is disabled, deleted or not granted: enable it and allow the role to use it',
};

type Rules = Readonly<Record<string, ErrorRule>>;

/** A record from groups of codes that mean the same. */
const rulesOf = (...groups: readonly (readonly [ErrorRule, ...string[]])[]): Rules =>
  Object.fromEntries(groups.flatMap(([rule, ...codes]) => codes.map((code) => [code, rule] as const)));

const COMMON = rulesOf(
  [DENIED, 'AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'AuthorizationError'],
  [EXPIRED, 'ExpiredToken', 'ExpiredTokenException', 'RequestExpired'],
  [NOT_ACCEPTED, 'UnrecognizedClientException', 'InvalidClientTokenId', 'InvalidAccessKeyId', 'AuthFailure'],
  [NOT_ACCEPTED, 'SignatureDoesNotMatch', 'InvalidSignatureException', 'OptInRequired'],
  [NOT_ACCEPTED, 'MissingAuthenticationToken', 'MissingAuthenticationTokenException'],
  [NO_CREDENTIALS, 'CredentialsProviderError'],
  [CLOCK, 'RequestTimeTooSkewed'],
  [THROTTLED, 'Throttling', 'ThrottlingException', 'ThrottledException', 'TooManyRequestsException'],
  [THROTTLED, 'RequestThrottled', 'RequestThrottledException', 'RequestLimitExceeded', 'SlowDown'],
  [DOWN, 'InternalError', 'InternalFailure', 'InternalServerError', 'InternalServiceError'],
  [DOWN, 'ServiceUnavailable', 'ServiceUnavailableException', 'Unavailable', 'ServerException'],
  [KEY, 'KMSDisabledException', 'KMSInvalidStateException', 'KMSAccessDeniedException'],
  [REFUSED, 'ValidationException', 'ValidationError', 'SerializationException', 'MissingParameter'],
  [REFUSED, 'InvalidParameterValue', 'InvalidParameterException'],
  // What Node and the SDK say when no answer came.
  [UNREACHABLE, 'ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND'],
  [UNREACHABLE, 'EAI_AGAIN', 'EPIPE', 'ETIMEDOUT', 'TimeoutError', 'AbortError'],
  [UNREACHABLE, 'RequestTimeout', 'RequestTimeoutException'],
);

const NO_TABLE: ErrorRule = {
  code: 'TableNotFound',
  retry: 'never',
  advice: 'there is no such table in this account and region: deploy the stack, or check cluster and region',
};
const CONTENDED: ErrorRule = {
  code: 'Contended',
  retry: 'same-request',
  advice: 'other writers held the item all the time: this goes on later',
};

const NOTHING_WRITTEN: ErrorRule = {
  code: 'TransactionRefused',
  retry: 'same-request',
  advice: 'none of the writes was taken: this goes on later',
};

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
const DYNAMODB = rulesOf(
  [NO_TABLE, 'ResourceNotFoundException'],
  [THROTTLED, 'ProvisionedThroughputExceededException', 'LimitExceededException'],
  [CONTENDED, 'TransactionConflictException', 'TransactionInProgressException'],
  [NOTHING_WRITTEN, 'TransactionCanceledException'],
);

const NO_BUCKET: ErrorRule = {
  code: 'BucketNotFound',
  retry: 'never',
  advice: 'there is no such bucket: deploy the stack, or check cluster and region',
};
const OTHER_REGION: ErrorRule = {
  code: 'WrongRegion',
  retry: 'never',
  advice: 'the bucket is in another region: set the region of the stack',
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const S3 = rulesOf(
  [NO_BUCKET, 'NoSuchBucket'],
  [OTHER_REGION, 'PermanentRedirect', 'IllegalLocationConstraintException'],
);

const NO_QUEUE: ErrorRule = {
  code: 'QueueNotFound',
  retry: 'never',
  advice: 'there is no such queue: deploy the stack, or check cluster and region',
};
const BIG_MESSAGE: ErrorRule = {
  code: 'MessageTooLarge',
  retry: 'never',
  advice: 'the message is larger than SQS takes (1 MiB)',
};

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const SQS = rulesOf(
  [NO_QUEUE, 'QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'],
  [BIG_MESSAGE, 'MessageTooLong'],
  [REFUSED, 'InvalidMessageContents', 'UnsupportedOperation'],
);

const NO_FUNCTION: ErrorRule = {
  code: 'FunctionNotFound',
  retry: 'never',
  advice: 'there is no such function: deploy the stack, or check cluster and region',
};

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
const LAMBDA = rulesOf([NO_FUNCTION, 'ResourceNotFoundException']);

const NO_ROLE: ErrorRule = {
  code: 'RoleNotFound',
  retry: 'never',
  advice: 'there is no such role or instance profile in this account: make it, or check the name',
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
const IAM = rulesOf([NO_ROLE, 'NoSuchEntityException', 'NoSuchEntity'], [REFUSED, 'InvalidInputException']);

const NO_QUOTA: ErrorRule = {
  code: 'QuotaNotFound',
  retry: 'never',
  advice: 'Service Quotas does not know this quota in this region',
};

/** https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html */
const SERVICE_QUOTAS = rulesOf([NO_QUOTA, 'NoSuchResourceException'], [REFUSED, 'IllegalArgumentException']);

/** The codes that one service alone has; `COMMON` holds the rest. */
const BY_SERVICE: Readonly<Record<AwsService, Rules>> = {
  CloudFormation: {},
  CloudWatch: {},
  DynamoDB: DYNAMODB,
  EC2: EC2_ERROR_CODES,
  EKS: EKS_ERROR_CODES,
  IAM,
  Lambda: LAMBDA,
  Pricing: {},
  S3,
  ServiceQuotas: SERVICE_QUOTAS,
  SQS,
  SSM: SSM_ERROR_CODES,
  STS: {},
};

/** An error of the SDK: `name` is AWS's code; Node's own errors carry theirs in `code`. */
interface SdkError {
  readonly name?: string;
  readonly code?: unknown;
  readonly Code?: unknown;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** AWS's code of an error, or Node's for a connection that failed. */
export function codeOf(cause: unknown): string {
  const { name, code, Code } = (cause ?? {}) as SdkError;
  const given = [code, Code].find((each) => typeof each === 'string') as string | undefined;
  return name === undefined || name === 'Error' || name === 'AggregateError' ? (given ?? 'Unknown') : name;
}

/** Codes nobody has met yet may pass, so they ask for the same request again and name themselves. */
export function awsError(cause: unknown, call: AwsCall): DovetailError {
  if (cause instanceof DovetailError) return cause;
  const awsCode = codeOf(cause);
  const said = (cause as SdkError | undefined)?.message ?? String(cause);
  const rule = BY_SERVICE[call.service][awsCode] ?? COMMON[awsCode] ?? fromSurroundings(cause, said, awsCode);
  const message = `cannot ${call.action} on ${call.target}: ${rule.advice} (${awsCode}: ${said})`;
  return new DovetailError(rule.code, message, rule.retry, { cause });
}

/** Errors that say what they are by their HTTP status or their text alone. */
function fromSurroundings(cause: unknown, said: string, awsCode: string): ErrorRule {
  if (said === 'Region is missing') return NO_REGION;
  const status = (cause as SdkError | undefined)?.$metadata?.httpStatusCode ?? 0;
  if (status === 403) return DENIED;
  if (status === 429) return THROTTLED;
  if (status >= 500) return DOWN;
  return {
    code: 'UnknownAwsError',
    retry: 'same-request',
    advice: `the code ${awsCode} is not known here: this is tried again`,
  };
}

/** Does `work`; what it throws becomes one of our errors. */
export async function awsCall<T>(call: AwsCall, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw awsError(cause, call);
  }
}
