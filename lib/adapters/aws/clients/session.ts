import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EKSClient } from '@aws-sdk/client-eks';

/** Whose credentials and which region an SDK client has: for what is signed outside the SDK. */
export interface AwsSession {
  region(): Promise<string>;
  credentials(): Promise<SessionCredentials>;
}

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  /** Absent for credentials that do not end. */
  readonly expiresAtMs?: number;
}

export const sessionOf = ({ config }: DynamoDBClient | EKSClient): AwsSession => ({
  region: () => config.region(),
  async credentials() {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = await config.credentials();
    return {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      ...(expiration === undefined ? {} : { expiresAtMs: expiration.getTime() }),
    };
  },
});
