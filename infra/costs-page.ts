/** docs/costs.md, made from `costs.ts`: a test writes it with `-u` and compares it otherwise. */
import { EXTRAS, type Line, linesOf, type Usage, usdAfterFree, usdOf, type Watchers } from './costs.ts';

const idle = { nodes: 5, launchesPerDay: 10, busyShare: 0.02, reconcileSeconds: 1, snapshotMb: 0.05 };

export const USAGES: readonly Usage[] = [
  { title: 'idle, watch', size: 'small', pollMode: 'watch', ...idle },
  { title: 'idle, list', size: 'small', pollMode: 'list', ...idle },
  {
    title: '1,000 launches a day',
    ...{ size: 'small', pollMode: 'watch', nodes: 200, launchesPerDay: 1_000 },
    ...{ busyShare: 0.6, reconcileSeconds: 2, snapshotMb: 0.5 },
  },
  {
    title: '5,000 nodes',
    ...{ size: 'large', pollMode: 'watch', nodes: 5_000, launchesPerDay: 2_000 },
    ...{ busyShare: 0.8, reconcileSeconds: 6, snapshotMb: 4 },
  },
];

const usd = (amount: number): string => amount.toFixed(2);
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function table(watchers: Watchers): string {
  const columns = USAGES.map((usage) => linesOf(usage, watchers));
  const names = ['poller', ...(columns[0] ?? []).slice(1).map(({ what }) => what)];
  const sum = (title: string, value: (lines: readonly Line[]) => number): string =>
    row([`**${title}**`, ...columns.map((lines) => `**${usd(value(lines))}**`)]);
  const isBase = ({ what }: Line): boolean => !EXTRAS.includes(what);
  const total = (lines: readonly Line[]): number => lines.reduce((all, line) => all + usdOf(line), 0);
  const rowsOf = (wanted: (line: Line) => boolean): string[] =>
    names.flatMap((name, index) => {
      const lines = columns.flatMap((column) => column[index] ?? []);
      return lines.every(wanted) ? [row([name, ...lines.map((line) => usd(usdOf(line)))])] : [];
    });
  return [
    row(['$ a month', ...USAGES.map(({ title }) => title)]),
    row(['---', ...USAGES.map(() => '---:')]),
    ...rowsOf(isBase),
    sum('before key, dashboard, custom metrics and alarms', (lines) => total(lines.filter(isBase))),
    ...rowsOf((line) => !isBase(line)),
    sum('all, list price', total),
    sum('all, less what is free for every account', usdAfterFree),
  ].join('\n');
}

export const costsPage = (watchers: Watchers): string => `# What Dovetail costs

Per cluster and month, in US dollars, at list prices of us-east-1 entered by hand. The instances it buys are not in it. The
table is computed by \`infra/costs.ts\` from the settings that the stack deploys (memory, ticks, intervals, retention, alarms); a
test keeps this page in step.

${table(watchers)}

- **idle**: 5 nodes, 10 launches a day, work on its way during 2 % of it. \`-c pollMode=list\` looks once a minute instead of
  watching: for a second or two when nothing is on its way, else for 15 s. A pod waits up to a minute longer.
- **1,000 launches a day**: 200 nodes, work on its way during 60 % of the day.
- **5,000 nodes**: \`-c size=large\`, 2,000 launches a day, work on its way during 80 % of the day. The table's reads are those of
  all live claims: once a minute by the poller, three times by the reconciler, once for each plan.
- **custom metrics**: ${watchers.customMetrics} while all is well, with one NodePool that uses both capacity types; each further NodePool and capacity type adds
  one. Those about trouble cost in the hours in which they come. **alarms** are charged by the metrics they look at: ${watchers.alarmMetrics}.
- The last sum takes off what AWS gives each account every month for good (Lambda, SQS, CloudWatch, KMS), as if nothing else in
  the account used it.

Not in it: instances and their traffic, NAT gateways or interface endpoints of \`-c vpc=…\` (those alone cost more than
Dovetail), and what AWS does not charge: EventBridge's events of AWS services, standard parameters of SSM, calls of EC2 and EKS.

Estimated, not measured on AWS: how long an average call takes (a quiet look of \`list\` 1.5 s, six seconds of provisioner and fifteen
drain messages for each launch, each with a plan of its own), how many items are read and written for a launch, Lambda's five
polls of 20 s for each queue, and the size of log lines. They stand as constants in \`infra/costs.ts\`, each price with the page it is from.
`;
