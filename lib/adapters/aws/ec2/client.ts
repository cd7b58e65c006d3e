/** The one way to an EC2 client: adaptive retry, bounded attempts, bounded waiting, and this cluster's share of the rates. */
import { EC2Client } from '@aws-sdk/client-ec2';
import type { Clock } from '../../../ports/clock.ts';
import { type ClientOptions, clientConfig } from '../clients/options.ts';
import { RequestRates } from './token-bucket.ts';

export interface Ec2ClientOptions extends ClientOptions {
  readonly clock: Clock;
  /** Of the account's request rates that this process may use: more than 0, at most 1. */
  readonly share: number;
  readonly maxAttempts?: number;
}

/** Three times fifteen seconds stay within the minute that a stored request may be on its way (`RESEND_MS`). */
const MAX_ATTEMPTS = 3;
const REQUEST_TIMEOUT_MS = 15_000;

export function ec2Client(options: Ec2ClientOptions): EC2Client {
  const client = new EC2Client({
    ...clientConfig(options, REQUEST_TIMEOUT_MS),
    maxAttempts: options.maxAttempts ?? MAX_ATTEMPTS,
    retryMode: 'adaptive',
  });
  const rates = new RequestRates(options);
  const heldBack =
    <Request, Answer>(next: (request: Request) => Promise<Answer>, { commandName = '' }: Named) =>
    async (request: Request): Promise<Answer> => {
      await rates.pass(commandName.replace(/Command$/, ''));
      return next(request);
    };
  // Within the retries, because every attempt takes a token of the account.
  client.middlewareStack.addRelativeTo(heldBack, {
    relation: 'after',
    toMiddleware: 'retryMiddleware',
    name: 'requestRates',
  });
  return client;
}

/** The SDK's context of a call. */
interface Named {
  readonly commandName?: string;
}
