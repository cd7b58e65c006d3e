/** Ends a request with one of EC2's errors (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html). */
export class Ec2ApiError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
    this.status = STATUS[code] ?? 400;
  }
}

const STATUS: Readonly<Record<string, number>> = {
  RequestLimitExceeded: 503,
  Unavailable: 503,
  InternalError: 500,
  UnauthorizedOperation: 403,
};

export const invalidValue = (message: string): Ec2ApiError =>
  new Ec2ApiError('InvalidParameterValue', message);

export const missingParameter = (name: string): Ec2ApiError =>
  new Ec2ApiError('MissingParameter', `The request must contain the parameter ${name}`);
