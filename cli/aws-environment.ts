// What the commands that ask AWS take from the command line and the environment, refused here where the SDK would fail
// later and say less. Everything else the SDK reads itself.
import { UserError } from './user-error.ts';

export type AwsEnvironment = Record<string, string | undefined>;

/** `us-east-1`, `us-gov-west-1`, `eusc-de-east-1`. */
const REGION = /^[a-z]+(-[a-z]+)+-\d+$/;

/**
 * The region that is asked for, or the environment's; undefined leaves it to the profile. Throws `UserError` for what is no
 * region and for an endpoint that is no URL.
 */
export function regionOf(env: AwsEnvironment, wanted: string | undefined): string | undefined {
  const problems = Object.entries(env).flatMap(([name, value]) => endpointProblem(name, value));
  const [source, region] = said(env, wanted);
  if (region !== undefined && !REGION.test(region)) {
    problems.push(`${source} ${JSON.stringify(region)} is no AWS region: want one such as us-east-1`);
  }
  if (problems.length > 0) throw new UserError(problems);
  return region;
}

function said(
  env: AwsEnvironment,
  wanted: string | undefined,
): readonly [source: string, region: string | undefined] {
  if (wanted !== undefined) return ['--region', wanted];
  // The second is the AWS CLI's name for it, which the SDK does not read.
  const named = ['AWS_REGION', 'AWS_DEFAULT_REGION'].find((name) => env[name]) ?? 'AWS_REGION';
  return [named, env[named]];
}

function endpointProblem(name: string, value: string | undefined): string[] {
  if (!name.startsWith('AWS_ENDPOINT_URL') || !value) return [];
  if (/^https?:\/\//.test(value) && URL.canParse(value)) return [];
  return [`${name} ${JSON.stringify(value)} is no URL: want one such as http://127.0.0.1:4566, or unset it`];
}

/** The SDK's advice on Node versions is for who develops this, not for who runs a command. Call it before a client is made. */
export function silenceSdkAdvice(env: AwsEnvironment): void {
  env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
}

/** The SDK does not say which profile it looked for. */
export function profileHint(code: string, { AWS_PROFILE: profile }: AwsEnvironment): string[] {
  if (code !== 'CredentialsMissing' || !profile) return [];
  return [`AWS_PROFILE is ${JSON.stringify(profile)}: is there a profile of this name, and is it logged in?`];
}
