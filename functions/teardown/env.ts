import * as z from 'zod';
import { VARIABLES } from '../shared/env.ts';

export const teardownEnv = z.object({
  INSTALLATION: VARIABLES.INSTALLATION,
  TABLE_NAME: VARIABLES.TABLE_NAME,
  DRAIN_QUEUE_URL: VARIABLES.DRAIN_QUEUE_URL,
  STOP_PARAMETER: VARIABLES.STOP_PARAMETER,
  EC2_RATE_SHARE: VARIABLES.EC2_RATE_SHARE,
  LOG_LEVEL: VARIABLES.LOG_LEVEL,
});

export type TeardownEnv = z.infer<typeof teardownEnv>;
