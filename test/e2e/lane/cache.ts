/** Where the lane keeps what takes long to make, and the versions that it is made of. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';

export const VERSIONS = {
  kubernetes: '1.35.4',
  kwok: 'v0.7.0',
  awsCli: '1.46.3',
} as const;

export const cacheFolder = (): string =>
  // biome-ignore lint/style/noProcessEnv: whoever runs the lane says so where the gigabytes go
  env['DOVETAIL_E2E_CACHE'] ?? join(homedir(), '.cache', 'dovetail-e2e');
