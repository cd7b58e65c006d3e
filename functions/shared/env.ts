/**
 * Environment variables of the functions: what each may be called and hold. The stack that sets them and the functions
 * that read them share these schemas; their input types are texts. What Lambda sets itself is not among them.
 */
import * as z from 'zod';
import { servedPodsSchema } from '../../lib/config/served-pods.ts';
import { solverSettingsSchema } from '../../lib/config/solver-settings.ts';
import { DovetailError } from '../../lib/model/errors.ts';
import { MIN_VALUES_POLICIES, PREFERENCE_POLICIES } from '../../lib/model/planning-policies.ts';

const text = z.string().min(1);
const queueUrl = z.url({ protocol: /^https?$/, error: 'want the URL of a queue' });

/** A JSON text of one object, checked by `schema`. */
const jsonOf = <T>(schema: z.ZodType<T>) =>
  z
    .string()
    .transform((written, context): unknown => {
      try {
        return JSON.parse(written);
      } catch {
        context.addIssue({ code: 'custom', message: 'want JSON' });
        return z.NEVER;
      }
    })
    .pipe(schema);

/** A decimal number as text. */
const numberOf = (schema: z.ZodType<number, number>) => text.transform(Number).pipe(schema);

/** Every variable that some function has. A function's schema picks those it needs. */
export const VARIABLES = {
  /** Name of the EKS cluster. */
  CLUSTER_NAME: text,
  /** Names this deployment in tags, plan ids, logs and metrics: cluster name plus a short stack id. */
  INSTALLATION: text.regex(/^[A-Za-z0-9_.-]+$/, 'want letters, digits and . - _ only').max(128),
  /** Name of the DynamoDB table. */
  TABLE_NAME: text,
  /** Name of the bucket of snapshots, large plans and catalogues. */
  BUCKET_NAME: text,
  PROVISION_QUEUE_URL: queueUrl,
  LAUNCH_QUEUE_URL: queueUrl,
  DRAIN_QUEUE_URL: queueUrl,
  /** Path of the SSM parameters that hold documents, such as `/dovetail/<cluster>`: below it `nodepools/` and `nodeclasses/`. */
  DOCUMENTS_PATH: text.regex(/^\/[A-Za-z0-9_./-]*[A-Za-z0-9_.-]$/, 'want a path such as /dovetail/prod'),
  /** Name of the SSM parameter that is the kill switch: `launches` or `all`; absent or `none` while all is well. */
  STOP_PARAMETER: text.startsWith('/'),
  /** JSON object: whose pods are served, as people write it (`Serves`); `{}` serves all. */
  SERVES: jsonOf(servedPodsSchema),
  /** `watch` holds a watch for 14 minutes at a time; `list` reads the cluster once a minute and ends. */
  POLL_MODE: z.enum(['watch', 'list']),
  PREFERENCE_POLICY: z.enum(PREFERENCE_POLICIES),
  MIN_VALUES_POLICY: z.enum(MIN_VALUES_POLICIES),
  /** JSON object: settings of the solver, as people write them; `{}` is every default. */
  SOLVER: jsonOf(solverSettingsSchema),
  /** JSON object: name of each node role that may be passed, to the name of its instance profile. */
  NODE_ROLES: jsonOf(z.record(z.string().min(1), z.string().min(1))),
  /** Of the account's EC2 request rates in this region: more than 0, at most 1. */
  EC2_RATE_SHARE: numberOf(z.number().gt(0).lte(1)),
  /** Instances that may be asked for in any 60 minutes, whatever plans say. */
  MAX_LAUNCHES_PER_HOUR: numberOf(z.int().positive()),
  /** Instances that may be ended in any 60 minutes, whatever plans say; those that EC2 ends itself do not count. */
  MAX_TERMINATIONS_PER_HOUR: numberOf(z.int().positive()),
  LOG_LEVEL: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']),
} as const;

/**
 * The variables of `schema`, read from `env`. Throws `EnvironmentInvalid`, retry never, which names every variable that
 * is missing or holds what it must not, and within JSON the member; texts are not shown, because they may be anything.
 */
export function readEnv<T>(schema: z.ZodType<T>, env: Readonly<Record<string, string | undefined>>): T {
  const result = schema.safeParse(env);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => {
    const name = String(path[0] ?? '');
    if (env[name] === undefined) return `${name} is missing`;
    return [name, ...(path.length > 1 ? [path.slice(1).join('.')] : []), message].join(': ');
  });
  throw new DovetailError(
    'EnvironmentInvalid',
    `environment variables are not as the function needs them: ${problems.join('; ')}: deploy the stack again`,
    'never',
  );
}
