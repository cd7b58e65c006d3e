// Lets nodeadm, the program that joins Amazon Linux 2023 nodes, judge the golden user data: `nodeadm config check` on every
// NodeConfig part, and its own reading, merging and validation of the whole archive, with the kubelet's own types for the
// kubelet's settings. Builds nodeadm once from the Go module proxy into a cache folder.
//
//   node test/e2e/nodeadm-check.mjs [cache folder]
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MODULE = 'github.com/awslabs/amazon-eks-ami/nodeadm';
/** The one version that the Go module proxy offers. */
const VERSION = 'v0.0.0-20240229193347-cfab22a10647';
const HERE = fileURLToPath(new URL('.', import.meta.url));
const GOLDEN = fileURLToPath(new URL('../golden/bootstrap/', import.meta.url));
const NODE_CONFIG = 'Content-Type: application/node.eks.aws\n\n';

const cache = process.argv[2] ?? join(tmpdir(), 'dovetail-nodeadm');
const say = (text) => process.stdout.write(`${text}\n`);

const run = (command, args, cwd = cache) =>
  spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 });

/** At low priority and one package at a time: the machine has other work. */
const go = (args, cwd) =>
  run(
    'env',
    [
      `GOPATH=${join(cache, 'go')}`,
      `GOCACHE=${join(cache, 'build')}`,
      'GOFLAGS=',
      'nice',
      '-n',
      '15',
      'go',
      ...args,
    ],
    cwd,
  );

function skip(why) {
  say(`skipped: ${why}`);
  process.exit(0);
}

function build() {
  const [cli, archive] = ['nodeadm', 'archive'].map((name) => join(cache, 'bin', name));
  if (existsSync(cli) && existsSync(archive)) return { cli, archive };
  const source = join(cache, 'source');
  const downloaded = go(['mod', 'download', '-json', `${MODULE}@${VERSION}`]);
  if (downloaded.status !== 0)
    skip(`${MODULE}@${VERSION} cannot be had: ${downloaded.stdout}${downloaded.stderr}`);
  cpSync(JSON.parse(downloaded.stdout).Dir, source, { recursive: true, force: true });
  run('chmod', ['-R', 'u+w', source]);
  mkdirSync(join(source, 'cmd', 'archive'), { recursive: true });
  cpSync(join(HERE, 'nodeadm', 'main.go'), join(source, 'cmd', 'archive', 'main.go'));
  cpSync(join(HERE, 'nodeadm', 'archive.go'), join(source, 'internal', 'configprovider', 'archive.go'));
  for (const [path, target] of [
    ['./cmd/nodeadm', cli],
    ['./cmd/archive', archive],
  ]) {
    const built = go(['build', '-p', '1', '-mod=mod', '-buildvcs=false', '-o', target, path], source);
    if (built.status !== 0) skip(`${path} of nodeadm does not build here:\n${built.stderr}`);
  }
  return { cli, archive };
}

/** The NodeConfig parts of an archive of ours, whose boundary is on its second line. */
function nodeConfigParts(text) {
  const boundary = /boundary="([^"]+)"/.exec(text)?.[1];
  return text
    .split(`--${boundary}`)
    .filter((part) => part.includes(NODE_CONFIG))
    .map((part) => part.slice(part.indexOf(NODE_CONFIG) + NODE_CONFIG.length));
}

function checkPart({ cli }, folder, content) {
  writeFileSync(join(folder, 'part.yaml'), content);
  const { status, stderr } = run(cli, ['config', 'check', '-c', 'file://part.yaml'], folder);
  return status === 0 ? undefined : (/"error":"([^"]*)"/.exec(stderr)?.[1] ?? stderr);
}

function checkArchive({ archive }, folder, text) {
  writeFileSync(join(folder, 'user-data.txt'), text);
  const { status, stdout, stderr } = run(archive, ['user-data.txt'], folder);
  if (status !== 0) return stderr.trim();
  const { cluster, kubelet } = JSON.parse(stdout);
  if (cluster.name !== 'shop') return `the cluster is ${cluster.name}`;
  const taints = kubelet.flags.at(-1);
  return /^--register-with-taints=dovetail\.sh\/starting:NoSchedule/.test(taints)
    ? undefined
    : `the last flag is ${taints}`;
}

if (run('go', ['version'], HERE).status !== 0) skip('Go is not installed');
mkdirSync(cache, { recursive: true });
const tools = build();
const folder = mkdtempSync(join(cache, 'run-'));

const names = readdirSync(GOLDEN).filter((name) => /^al2023-.*\.user-data\.txt$/.test(name));
let failed = 0;
for (const name of names) {
  const text = readFileSync(join(GOLDEN, name), 'utf8');
  const parts = nodeConfigParts(text);
  const problems = [
    ...parts.map((part) => checkPart(tools, folder, part)),
    checkArchive(tools, folder, text),
  ];
  const wrong = problems.filter((problem) => problem !== undefined);
  failed += wrong.length === 0 && parts.length > 0 ? 0 : 1;
  say(
    `${wrong.length === 0 ? 'valid' : 'WRONG'}  ${name} (${parts.length} NodeConfig)${wrong.map((each) => `\n  ${each}`).join('')}`,
  );
}

// A judge that accepts everything proves nothing: a threshold as a number must be refused.
const spoilt = readFileSync(join(GOLDEN, 'al2023-minimal.user-data.txt'), 'utf8');
const refusals = [
  checkArchive(tools, folder, spoilt.replace('maxPods: 58', 'maxPods: many')),
  checkArchive(tools, folder, spoilt.replace('maxPods: 58', 'maxPod: 58')),
  checkPart(tools, folder, nodeConfigParts(spoilt).join('').replace('kind: NodeConfig', 'kind: Node')),
];
const accepted = refusals.filter((refusal) => refusal === undefined).length;
rmSync(folder, { recursive: true });
if (accepted > 0) say(`${accepted} spoilt configurations were accepted`);
say(`${names.length - failed} passed, ${failed + accepted} failed`);
process.exit(failed + accepted === 0 && names.length > 0 ? 0 : 1);
