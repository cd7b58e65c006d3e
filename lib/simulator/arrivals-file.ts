/**
 * Reads a CSV file of jobs that arrive. One line is one job; `#` begins a comment line; the first other line names the
 * columns, in any order:
 *
 *   arrival_s      seconds after the start, several with spaces between them: each is a run of the job   (required)
 *   name           of the job                                                    (default: that of the Job document)
 *   cpu, memory    requests of one pod, as Kubernetes quantities                 (default: those of the Job document)
 *   count          pods of one run                                               (default: 1)
 *   duration       how long a pod runs, as `90s` or `1h30m`; with `timeout` as well, the median of what is drawn
 *   timeout        no pod runs longer; without `duration` the median is a third of it   (one of the two is required)
 *   node_selector  `key=value`, several with semicolons between them
 */
import { type Finding, shown } from '../config/finding.ts';
import { decodeSource, type SourceFile } from '../config/source.ts';
import { parseDuration } from '../model/duration.ts';
import { amountOf } from '../model/quantity.ts';
import type { ResourceList } from '../model/resources.ts';
import { didYouMean } from '../model/suggest.ts';
import type { RunTime } from './run-time.ts';

/** One line of the file. */
export interface ArrivingJob {
  readonly name: string | undefined;
  /** As written. */
  readonly arrivalsMs: readonly number[];
  readonly requests: ResourceList;
  readonly count: number;
  readonly runTime: RunTime;
  readonly nodeSelector: Readonly<Record<string, string>>;
}

/** Pods of all runs: a dozen days of the largest CI we know, and minutes of real time. */
export const MAX_ARRIVING_PODS = 100_000;
/** Told of one file one by one: whoever has more wrong mends a pattern, not a line. */
const MAX_FINDINGS = 100;
/** As for a CronJob: its Jobs' names are 11 characters longer and must stay below 64. */
const MAX_NAME_CHARACTERS = 52;
/** Of the timeout: most jobs end long before it, or it would be no timeout. */
const MEDIAN_PART = 1 / 3;

const COLUMNS = [
  'arrival_s',
  'name',
  'cpu',
  'memory',
  'count',
  'duration',
  'timeout',
  'node_selector',
] as const;
type Column = (typeof COLUMNS)[number];

interface Cell {
  readonly text: string;
  /** From 1. */
  readonly at: number;
}

type Cells = Readonly<Partial<Record<Column, Cell>>>;

export interface ReadArrivals {
  readonly jobs: readonly ArrivingJob[];
  /** Of all runs. */
  readonly pods: number;
  readonly findings: readonly Finding[];
}

/** Jobs in the order of the file, or everything that is wrong with it. `endMs`: no arrival may come after it. */
export function readArrivals(file: SourceFile, endMs: number | undefined): ReadArrivals {
  const decoded = decodeSource(file);
  if (!decoded.ok) return { jobs: [], pods: 0, findings: [decoded.finding] };
  const reader = new Reader(file.name, endMs);
  decoded.text.split(/\r\n|\r|\n/).forEach((line, index) => {
    if (line.trim() !== '' && !line.trimStart().startsWith('#')) reader.line(line, index + 1);
  });
  return { jobs: reader.jobs, pods: reader.pods, findings: reader.finish() };
}

class Reader {
  readonly jobs: ArrivingJob[] = [];
  pods = 0;
  readonly #file: string;
  readonly #endMs: number | undefined;
  readonly #findings: Finding[] = [];
  #columns: readonly Column[] | undefined;
  #line = 1;
  #problems = 0;
  /** The first problem that is only counted. */
  #untold: Finding | undefined;

  constructor(file: string, endMs: number | undefined) {
    this.#file = file;
    this.#endMs = endMs;
  }

  line(text: string, number: number): void {
    this.#line = number;
    const quoteAt = text.indexOf('"');
    if (quoteAt >= 0) this.#find(quoteAt + 1, 'quotes are not understood here: write the cell without them');
    const cells = cellsOf(text.replaceAll('"', ' '));
    if (this.#columns === undefined) {
      this.#columns = this.#header(cells);
    } else if (quoteAt >= 0) {
      // A comma between quotes does not end a cell, so nothing else can be said of the line.
    } else if (cells.length !== this.#columns.length) {
      this.#find(1, `${cells.length} cells, but the header names ${this.#columns.length} columns`);
    } else {
      this.#job(Object.fromEntries(this.#columns.map((column, index) => [column, cells[index]])));
    }
  }

  finish(): readonly Finding[] {
    if (this.jobs.length === 0 && this.#problems === 0) {
      this.#find(1, 'no jobs in the file: want a line with column names and at least one job');
    }
    if (this.#untold === undefined) return this.#findings;
    const message = `${this.#problems - MAX_FINDINGS} more problems in this file from here on`;
    return [...this.#findings, { ...this.#untold, message }];
  }

  #header(cells: readonly Cell[]): readonly Column[] {
    const names = cells.map(({ text }) => text as Column);
    for (const [index, { text, at }] of cells.entries()) {
      if (!COLUMNS.some((known) => known === text)) {
        const advice = didYouMean(text, COLUMNS) || `: want some of ${COLUMNS.join(', ')}`;
        this.#find(at, `unknown column ${JSON.stringify(text)}${advice}`);
      } else if (names.indexOf(text as Column) < index) {
        this.#find(at, `second column ${text}: keep one`);
      }
    }
    if (!names.includes('arrival_s')) this.#find(1, 'no column arrival_s: want the seconds of each arrival');
    if (!names.includes('duration') && !names.includes('timeout')) {
      this.#find(1, 'neither a column duration nor timeout: want how long jobs run');
    }
    return names;
  }

  #job(cells: Cells): void {
    const before = this.#problems;
    const job = {
      name: this.#name(cells.name),
      arrivalsMs: this.#arrivals(cells.arrival_s),
      requests: { ...this.#amount('cpu', cells.cpu), ...this.#amount('memory', cells.memory) },
      count: this.#count(cells.count),
      runTime: this.#runTime(cells),
      nodeSelector: this.#nodeSelector(cells.node_selector),
    };
    if (this.#problems > before || job.runTime === undefined) return;
    this.jobs.push({ ...job, runTime: job.runTime });
    const podsBefore = this.pods;
    this.pods += job.count * job.arrivalsMs.length;
    if (podsBefore > MAX_ARRIVING_PODS || this.pods <= MAX_ARRIVING_PODS) return;
    this.#find(1, `more than ${MAX_ARRIVING_PODS} pods from here on: take the file apart`);
  }

  #name(cell: Cell | undefined): string | undefined {
    const { text, at } = cell ?? NO_CELL;
    if (text === '') return undefined;
    if (text.length > MAX_NAME_CHARACTERS || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text)) {
      this.#find(
        at,
        `invalid name ${shown(text)}: want at most ${MAX_NAME_CHARACTERS} lowercase letters, digits and "-"`,
      );
    }
    return text;
  }

  #arrivals(cell: Cell | undefined): readonly number[] {
    // A file without the column was told so at its header.
    if (cell === undefined) return [];
    const { text, at } = cell;
    if (text === '') this.#find(at, 'no arrival: want seconds after the start, such as 90 or 0.5');
    return [...text.matchAll(/\S+/g)].map(({ 0: each, index }) => {
      const atMs = Math.round(Number(each) * 1_000);
      if (!/^\d+(\.\d+)?$/.test(each)) {
        const message = `invalid arrival ${shown(each)}: want seconds after the start, such as 90 or 0.5`;
        this.#find(at + index, message);
      } else if (this.#endMs !== undefined && atMs > this.#endMs) {
        this.#find(at + index, `arrival at ${each} s is after the end of the scenario`);
      }
      return atMs;
    });
  }

  #amount(resource: 'cpu' | 'memory', cell: Cell | undefined): ResourceList {
    const { text, at } = cell ?? NO_CELL;
    if (text === '') return {};
    const result = amountOf(resource, text);
    if (result.ok) return { [resource]: result.amount };
    this.#find(at, result.message);
    return {};
  }

  #count(cell: Cell | undefined): number {
    const { text, at } = cell ?? NO_CELL;
    if (text === '') return 1;
    const count = Number(text);
    if (/^\d+$/.test(text) && count >= 1 && count <= MAX_ARRIVING_PODS) return count;
    const wanted = `want a whole number of pods, at least 1 and at most ${MAX_ARRIVING_PODS}`;
    this.#find(at, `invalid count ${shown(text)}: ${wanted}`);
    return 1;
  }

  #runTime({ duration, timeout }: Cells): RunTime | undefined {
    const medianMs = this.#duration(duration);
    const longestMs = this.#duration(timeout);
    if (longestMs !== undefined) {
      return { kind: 'drawn', medianMs: medianMs ?? Math.round(longestMs * MEDIAN_PART), longestMs };
    }
    if (medianMs !== undefined) return { kind: 'exact', durationMs: medianMs };
    if ((duration ?? timeout)?.text === '') {
      this.#find(
        (timeout ?? duration ?? NO_CELL).at,
        'neither duration nor timeout: want how long the job runs',
      );
    }
    return undefined;
  }

  #duration(cell: Cell | undefined): number | undefined {
    const { text, at } = cell ?? NO_CELL;
    if (text === '') return undefined;
    const result = parseDuration(text);
    if (result.ok && result.durationMs !== null) return result.durationMs;
    this.#find(at, result.ok ? 'invalid duration "Never": want an end' : result.message);
    return undefined;
  }

  #nodeSelector(cell: Cell | undefined): Readonly<Record<string, string>> {
    const { text, at } = cell ?? NO_CELL;
    if (text === '') return {};
    const pairs = text.split(';').map((pair) => /^([^=\s]+)=([^=\s]*)$/.exec(pair.trim()));
    if (pairs.includes(null)) {
      this.#find(at, `invalid node selector ${shown(text)}: want key=value;key=value`);
    }
    const selector = new Map<string, string>();
    for (const [, key = '', value = ''] of pairs.filter((pair) => pair !== null)) {
      const other = selector.get(key) ?? value;
      if (other !== value)
        this.#find(at, `node selector wants ${key}=${other} and ${key}=${value}: keep one`);
      selector.set(key, value);
    }
    return Object.fromEntries(selector);
  }

  #find(column: number, message: string): void {
    this.#problems += 1;
    const place = { file: this.#file, line: this.#line, column, path: '' };
    const finding: Finding = { ...place, message, severity: 'error' };
    if (this.#problems <= MAX_FINDINGS) this.#findings.push(finding);
    else this.#untold ??= finding;
  }
}

const NO_CELL: Cell = { text: '', at: 1 };

function cellsOf(line: string): Cell[] {
  let at = 1;
  return line.split(',').map((written) => {
    const cell = { text: written.trim(), at: at + (written.length - written.trimStart().length) };
    at += written.length + 1;
    return cell;
  });
}
