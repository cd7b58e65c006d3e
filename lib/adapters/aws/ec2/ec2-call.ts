import { type AwsCall, awsCall, codeOf } from '../errors.ts';

/** Does a call to EC2; what it throws becomes one of our errors. `target` is what the call is about, for people. */
export function ec2Call<T>(action: string, target: string, work: () => Promise<T>): Promise<T> {
  const call: AwsCall = { service: 'EC2', action: `ec2:${action}`, target };
  return awsCall(call, work);
}

/** The error of a call says `code`. */
export const isCode = (error: unknown, ...codes: readonly string[]): boolean =>
  codes.includes(codeOf(error)) || (error instanceof Error && codes.includes(codeOf(error.cause)));
