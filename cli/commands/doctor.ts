// `dovetail doctor`: checks everything that Dovetail needs, before and after the deploy. Reads only, unless it is asked to
// make the account's service-linked roles.
import { createServiceLinkedRole } from '../../lib/adapters/aws/iam.ts';
import type { Check } from '../../lib/doctor/check.ts';
import { SERVICES } from '../../lib/doctor/checks/account.ts';
import { diagnose } from '../../lib/doctor/diagnose.ts';
import { counted } from '../../lib/model/counted.ts';
import type { ReportLine, Tone } from '../../lib/report/plan-table.ts';
import { profileHint, silenceSdkAdvice } from '../aws-environment.ts';
import { type Clients, clientsOf } from '../doctor/clients.ts';
import { gatherFacts } from '../doctor/gather.ts';
import { EXIT } from '../exit-code.ts';
import type { LiveSource } from '../live/kubeconfig.ts';
import { paint, writeErrLines, writeOut } from '../output.ts';

export interface DoctorArgs {
  readonly cluster: string;
  readonly region?: string;
  readonly stack?: string;
  readonly live?: LiveSource;
  readonly createServiceLinkedRoles: boolean;
  readonly json: boolean;
}

const TONES: Readonly<Record<Check['state'], Tone>> = {
  ok: 'plain',
  skipped: 'plain',
  warning: 'note',
  failed: 'problem',
};

/** Ends with `unmet` when a check failed. Throws a `UserError` for a kubeconfig, region or endpoint that cannot be used. */
export async function doctorCommand(args: DoctorArgs): Promise<number> {
  silenceSdkAdvice(process.env);
  const clients = clientsOf(process.env, args.region);
  if (args.createServiceLinkedRoles) await createRoles(clients);
  const { cluster: clusterName, stack, live } = args;
  const checks = diagnose(
    await gatherFacts(clients, {
      clusterName,
      ...(stack === undefined ? {} : { stack }),
      ...(live === undefined ? {} : { live }),
    }),
  );
  await writeOut(
    args.json
      ? `${JSON.stringify({ cluster: clusterName, checks }, undefined, 2)}\n`
      : paint(linesOf(checks)),
  );
  const codes = checks.flatMap((check) => ('code' in check ? check.code : []));
  await writeErrLines(codes.flatMap((code) => profileHint(code, process.env)));
  return checks.some(({ state }) => state === 'failed') ? EXIT.unmet : EXIT.good;
}

async function createRoles({ iam }: Clients): Promise<void> {
  for (const service of Object.keys(SERVICES)) {
    const outcome = await createServiceLinkedRole(iam, service);
    await writeErrLines([`service-linked role of ${service}: ${outcome}`]);
  }
}

function linesOf(checks: readonly Check[]): ReportLine[] {
  const width = Math.max(...checks.map(({ state }) => state.length));
  const count = (state: Check['state']): number => checks.filter((check) => check.state === state).length;
  const summary = `${count('ok')} ok, ${counted(count('warning'), 'warning')}, ${count('failed')} failed, ${count('skipped')} skipped`;
  return [
    ...checks.map((check) => ({ tone: TONES[check.state], text: lineOf(check, width) })),
    { tone: count('failed') === 0 ? 'summary' : 'problem', text: summary },
  ];
}

function lineOf(check: Check, width: number): string {
  const code = 'code' in check ? `${check.code}: ` : '';
  return `${check.state.padEnd(width)}  ${check.name}: ${code}${check.message}`;
}
