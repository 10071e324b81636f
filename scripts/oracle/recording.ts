import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { LockMode } from '../../src/effects/effect.js';
import type { Observation } from '../../src/trace/observe.js';
import type { Case } from './case.js';
import { groupBy } from './group.js';

/** What a server did, without what it usually does not do. */
export interface Answer {
  readonly transactionBlock?: 'forbidden';
  readonly error?: string;
  readonly code?: string;
  readonly locks?: Readonly<Record<string, LockMode>>;
  readonly rewrites?: readonly string[];
  readonly scans?: readonly string[];
  readonly indexBuilds?: readonly string[];
  readonly held?: Readonly<Record<string, LockMode>>;
  readonly empty?: readonly string[];
}

/** A case with what every major answered; majors that do not know the syntax are in no answer. */
export interface RecordedCase extends Case {
  readonly answers: readonly { readonly versions: readonly number[]; readonly answer: Answer }[];
}

/** One file of fixtures/oracle. */
export interface Recording {
  /** Major to the exact version measured. */
  readonly servers: Readonly<Record<string, string>>;
  readonly cases: readonly RecordedCase[];
}

interface Header {
  readonly servers: Readonly<Record<string, string>>;
  readonly setups: readonly string[];
}

type Line = Omit<RecordedCase, 'setup'> & { readonly setup: readonly number[] };

export const recordingFolder = path.join('fixtures', 'oracle');

/** The file in which a case is recorded, without its ending. */
export function fileOf({ id }: { readonly id: string }): string {
  const [group = '', context = ''] = id.split('/');
  const name = group.startsWith('alter-type ') ? group : `${group} ${context.split(',')[0]}`;
  return name.replaceAll(' ', '-');
}

/** Reads one recording, or every one of the folder. */
export function readRecordings(names = recordingNames()): readonly Recording[] {
  return names.map((name) => {
    const [first = '{}', ...rest] = readFileSync(path.join(recordingFolder, `${name}.jsonl`), 'utf8')
      .trimEnd()
      .split('\n');
    const { servers, setups }: Header = JSON.parse(first);
    const cases = rest.map((line): RecordedCase => {
      const item: Line = JSON.parse(line);
      return { ...item, setup: item.setup.map((at) => setups[at] ?? '') };
    });
    return { servers, cases };
  });
}

export function recordingNames(): readonly string[] {
  return readdirSync(recordingFolder)
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => file.replace('.jsonl', ''))
    .sort();
}

/** Writes all recordings anew, one file a group. */
export function writeRecordings(servers: Readonly<Record<string, string>>, cases: readonly RecordedCase[]): void {
  mkdirSync(recordingFolder, { recursive: true });
  for (const name of recordingNames()) rmSync(path.join(recordingFolder, `${name}.jsonl`));
  for (const [name, group] of groupBy(cases, fileOf)) {
    const setups = [...new Set(group.flatMap(({ setup }) => setup))];
    const header: Header = { servers, setups };
    const lines = group.map(({ setup, ...item }): Line => {
      const places = setup.map((part) => setups.indexOf(part));
      return { ...item, setup: places };
    });
    const text = [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
    writeFileSync(path.join(recordingFolder, `${name}.jsonl`), text);
  }
}

/** What is kept of an observation. */
export function answerOf(observation: Observation): Answer {
  const { transactionBlock, error, locks, held, rewrites, scans, indexBuilds, empty } = observation;
  const block = transactionBlock === 'forbidden' ? { transactionBlock } : {};
  if (error !== undefined) return { ...block, error: error.message, code: error.code };
  return {
    ...block,
    ...(Object.keys(locks).length > 0 && { locks }),
    ...(Object.keys(held).length > 0 && { held }),
    ...(rewrites.length > 0 && { rewrites }),
    ...(scans.length > 0 && { scans }),
    ...(indexBuilds.length > 0 && { indexBuilds }),
    ...(empty.length > 0 && { empty }),
  };
}

/** The observation that an answer stands for. */
export function observationOf(answer: Answer): Observation {
  const { transactionBlock = 'allowed', error, code, locks = {}, held = {}, rewrites = [], scans = [] } = answer;
  const { indexBuilds = [], empty = [] } = answer;
  return {
    transactionBlock,
    ...(error !== undefined && { error: { message: error, code: code ?? '' } }),
    locks,
    held,
    rewrites,
    scans,
    indexBuilds,
    indexRebuilds: [],
    empty,
    small: [],
    written: [],
    notices: [],
  };
}

/** Joins the majors that gave the same answer. */
export function joinAnswers(given: readonly (readonly [number, Answer])[]): RecordedCase['answers'] {
  const groups = groupBy(given, ([, answer]) => JSON.stringify(answer));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ versions: group.map(([major]) => major), answer: first[1] }];
  });
}
