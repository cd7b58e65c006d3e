import { describe, expect, it } from 'vitest';
import { profileHint, regionOf, silenceSdkAdvice } from '../../../cli/aws-environment.ts';
import { UserError } from '../../../cli/user-error.ts';

describe('the region of a command', () => {
  it.each([
    ['--region before everything', { AWS_REGION: 'eu-west-1' }, 'us-gov-west-1', 'us-gov-west-1'],
    ['AWS_REGION', { AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'us-east-1' }, undefined, 'eu-west-1'],
    ["the AWS CLI's variable", { AWS_REGION: '', AWS_DEFAULT_REGION: 'us-east-1' }, undefined, 'us-east-1'],
    ['left to the profile', {}, undefined, undefined],
  ])('is %s', (_, env, wanted, region) => {
    expect(regionOf(env, wanted)).toBe(region);
  });

  it.each([
    [{ AWS_REGION: '' }, undefined, 'AWS_REGION "" is no AWS region: want one such as us-east-1'],
    [{ AWS_DEFAULT_REGION: 'us-east-1a' }, undefined, 'AWS_DEFAULT_REGION "us-east-1a" is no AWS region'],
    [{ AWS_REGION: 'us-east-1' }, 'us east 1', '--region "us east 1" is no AWS region'],
    [{ AWS_ENDPOINT_URL: 'localhost:4566' }, 'us-east-1', 'AWS_ENDPOINT_URL "localhost:4566" is no URL'],
    [{ AWS_ENDPOINT_URL_SQS: 'http://' }, 'us-east-1', 'AWS_ENDPOINT_URL_SQS "http://" is no URL'],
  ])('is refused with the wrong value and where it comes from: %j %j', (env, wanted, problem) => {
    expect(() => regionOf(env, wanted)).toThrow(UserError);
    expect(() => regionOf(env, wanted)).toThrow(problem);
  });
});

describe('what the SDK says and does not say', () => {
  it('its advice on Node versions stays away unless it is asked for', () => {
    const env: Record<string, string> = {};
    silenceSdkAdvice(env);
    expect(Object.values(env)).toEqual(['true']);
    const asked = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'false' };
    silenceSdkAdvice(asked);
    expect(Object.values(asked)).toEqual(['false']);
  });

  it('the profile without credentials is named', () => {
    expect(profileHint('CredentialsMissing', { AWS_PROFILE: 'prdo' })).toEqual([
      'AWS_PROFILE is "prdo": is there a profile of this name, and is it logged in?',
    ]);
    expect(profileHint('CredentialsMissing', {})).toEqual([]);
    expect(profileHint('AccessDenied', { AWS_PROFILE: 'prod' })).toEqual([]);
  });
});
