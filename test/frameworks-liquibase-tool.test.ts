import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { discover } from '../src/frameworks/discover.js';
import { lex } from '../src/sql/lexer.js';
import { loadParser } from '../src/sql/parse.js';
import type { Piece } from '../src/sql/piece.js';
import { parseScript } from '../src/sql/script.js';
import { Source } from '../src/sql/source.js';
import { texts, typed } from './liquibase-changes.js';
import { liquibase } from './tools.js';

/** Liquibase itself, offline: the SQL that it would send for each typed change, and for its way back, beside ours. */

beforeAll(loadParser);

/** Changes of the paid edition, which refuses to work without its key. */
const paid = /^<(?:\w+CheckConstraint|\w+Trigger|\w+Function)\b/;
const free = typed.filter((change) => !paid.test(change));

const head =
  '<databaseChangeLog xmlns="http://www.liquibase.org/xml/ns/dbchangelog" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.liquibase.org/xml/ns/dbchangelog http://www.liquibase.org/xml/ns/dbchangelog/dbchangelog-latest.xsd">';
const changelog = (changes: readonly string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${changes.map((change, at) => `<changeSet id="${at}" author="a">${change}</changeSet>`).join('\n')}\n</databaseChangeLog>\n`;

/** The statements of an SQL text, each as its tree without places: what PostgreSQL understands of it. */
function trees(pieces: readonly Piece[]): readonly string[] {
  const { statements, problems } = parseScript(pieces);
  return [...statements.map(({ node }) => tree(node)), ...problems.map(({ message }) => message)];
}

const tree = (node: object) =>
  JSON.stringify(node, (key, value: unknown) =>
    /^(?:location|stmt_len|stmt_location)$/.test(key) ? undefined : value,
  );

function projectOf(changes: readonly string[]): string {
  const cwd = mkdtempSync(path.join(tmpdir(), 'lockkeeper-liquibase-'));
  writeFileSync(path.join(cwd, 'changelog.xml'), changelog(changes));
  writeFileSync(path.join(cwd, 't.csv'), 'a,b\n1,x\n');
  return cwd;
}

/** What Liquibase writes, by the number of the change set. */
async function output(command: string, changes: readonly string[]): Promise<ReadonlyMap<number, string>> {
  const cwd = projectOf(changes);
  if (liquibase === undefined) throw new Error('not installed');
  const { code, output: told } = await liquibase(command, cwd);
  rmSync(cwd, { recursive: true });
  if (code !== 0) throw new Error(told.slice(-3000));
  const found = told.matchAll(
    /^-- (?:Changeset|Rolling Back ChangeSet:) changelog\.xml::(\d+)::a\n([\s\S]*?)(?=^-- (?:Changeset|Rolling Back)|^Liquibase command|$(?![\s\S]))/gm,
  );
  return new Map([...found].map(([, id = '', sql = '']) => [Number(id), sql]));
}

/** The same as trees. */
async function written(command: string, changes: readonly string[]): Promise<ReadonlyMap<number, readonly string[]>> {
  const sent = [...(await output(command, changes))];
  const piece = (sql: string) => ({ source: new Source('log.sql', sql), span: { start: 0, end: sql.length } });
  return new Map(sent.map(([id, sql]) => [id, trees([piece(sql)])]));
}

async function ours(changes: readonly string[]) {
  const cwd = projectOf(changes);
  const { histories } = await discover(['changelog.xml'], { cwd });
  rmSync(cwd, { recursive: true });
  return new Map((histories[0]?.migrations ?? []).map((one) => [Number(/^a:(\d+)/.exec(one.id)?.[1]), one]));
}

/**
 * Where ours is not what is sent, on purpose: the name of a key is looked up in a database, or written as null; the rows are in a file; the
 * delimiter stands in the output, and so do the line breaks behind a statement that is cut.
 */
const otherwise =
  /^<(?:dropPrimaryKey tableName="t"\/|loadData|sql endDelimiter|sql>create function|add(?:PrimaryKey|UniqueConstraint)(?![^>]* constraintName))/;

describe('Liquibase itself', () => {
  beforeEach((context) => {
    if (liquibase === undefined) context.skip('Liquibase or Java is not installed: scripts/install-test-tools.sh');
  });

  test('sends this SQL for each typed change', async () => {
    const theirs = await written('update-sql', free);
    const mine = await ours(free);
    for (const [at, change] of free.entries()) {
      if (otherwise.test(change)) continue;
      expect.soft(trees(mine.get(at)?.up.pieces ?? []), change).toEqual(theirs.get(at) ?? []);
    }
  }, 60_000);

  test('cuts the statements that we say it cuts', async () => {
    const sets = texts.map((text) => `<sql><![CDATA[${text}]]></sql>`);
    const sent = await output('update-sql', sets);
    const mine = await ours(sets);
    const cut = (text: string, at: number) =>
      lex(text).statements.some(({ start, end }) => !sent.get(at)?.includes(text.slice(start, end)));
    const said = (at: number) => mine.get(at)?.problems.some(({ rule }) => rule === 'statement-cut');
    expect(texts.filter((_, at) => said(at))).toEqual(texts.filter(cut));
    expect(texts.filter(cut).length).toBeGreaterThan(4);
  }, 60_000);

  test('takes back what has a way back, by this SQL', async () => {
    const all = await ours(free);
    const reversible = free.filter((_, at) => {
      const down = all.get(at)?.down;
      return down !== undefined && !('none' in down) && down.pieces.length > 0;
    });
    const theirs = await written('future-rollback-sql', reversible);
    const mine = await ours(reversible);
    for (const [at, change] of reversible.entries()) {
      if (otherwise.test(change)) continue;
      const down = mine.get(at)?.down;
      expect.soft(down === undefined || 'none' in down ? [] : trees(down.pieces), change).toEqual(theirs.get(at) ?? []);
    }
  }, 60_000);
});
