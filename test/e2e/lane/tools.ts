/** What the lane needs of the machine. Nothing here is installed for the user, who is told what to install. */
import { mkdir, statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { arch, platform } from 'node:process';
import { cacheFolder } from './cache.ts';
import { runCommand } from './run-command.ts';

const GIB = 1024 ** 3;
/** Linking a component takes 2 GiB at its peak, and the control plane with MiniStack and its functions about 2 GiB. */
const NEEDED_MEMORY_BYTES = 4 * GIB;
/** Binaries, Go's modules and its build cache come to 5.5 GiB. */
const NEEDED_DISK_BYTES = 8 * GIB;
/** What Kubernetes 1.35 says in its go.mod; an older Go would fetch another toolchain. */
const NEEDED_GO = { major: 1, minor: 25 };

/** One sentence for each thing that is missing, with what to do about it. Empty where the lane can run. */
export async function missingTools(): Promise<readonly string[]> {
  const found = await Promise.all([machine(), go(), python(), openssl(), memory(), disk()]);
  return found.filter((sentence) => sentence !== undefined);
}

async function machine(): Promise<string | undefined> {
  if (platform === 'linux' && arch === 'x64') return undefined;
  return `this machine is ${platform}-${arch}: run the lane on linux-x64, for which its servers are made`;
}

async function go(): Promise<string | undefined> {
  const { major, minor } = NEEDED_GO;
  const wanted = `install Go ${major}.${minor} or newer from https://go.dev/dl and put it on PATH`;
  const printed = await printedBy('go', ['env', 'GOVERSION']);
  if (printed === undefined) return `Go is not there: ${wanted}`;
  const [, foundMajor = 0, foundMinor = 0] = (/go(\d+)\.(\d+)/.exec(printed) ?? []).map(Number);
  const enough = foundMajor > major || (foundMajor === major && foundMinor >= minor);
  return enough ? undefined : `Go is ${printed.trim()}: ${wanted}`;
}

async function python(): Promise<string | undefined> {
  const found = await printedBy('python3', ['-c', 'import ensurepip, venv']);
  return found === undefined
    ? 'Python 3 with venv is not there: install python3 and python3-venv'
    : undefined;
}

async function openssl(): Promise<string | undefined> {
  const found = await printedBy('openssl', ['version']);
  return found === undefined ? 'openssl is not there: install openssl 1.1.1 or newer' : undefined;
}

async function memory(): Promise<string | undefined> {
  const bytes = totalmem();
  return bytes >= NEEDED_MEMORY_BYTES
    ? undefined
    : `the machine has ${inGib(bytes)} of memory: take one with ${inGib(NEEDED_MEMORY_BYTES)} or more`;
}

async function disk(): Promise<string | undefined> {
  const folder = cacheFolder();
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize >= NEEDED_DISK_BYTES
    ? undefined
    : `${folder} has ${inGib(bavail * bsize)} left: free ${inGib(NEEDED_DISK_BYTES)} or set DOVETAIL_E2E_CACHE to a folder that has them`;
}

const inGib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;

const printedBy = (command: string, args: readonly string[]): Promise<string | undefined> =>
  runCommand(command, args).catch(() => undefined);
