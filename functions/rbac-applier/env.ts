import * as z from 'zod';
import { VARIABLES } from '../shared/env.ts';

export const rbacApplierEnv = z.object({
  CLUSTER_NAME: VARIABLES.CLUSTER_NAME,
});
