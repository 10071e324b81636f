import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { loadConfig } from '../src/config.js';
import { checkConfig, configSchema, type KnownNames } from '../src/config-schema.js';
import { UserError } from '../src/user-error.js';
import { folderOf, run } from './cli-io.js';

const names: KnownNames = {
  rules: [
    { id: 'column-dropped', title: 'A column is dropped' },
    { id: 'index-not-concurrent', title: 'An index is built without CONCURRENTLY' },
  ],
  frameworks: ['dbmate', 'flyway'],
};
const folders: string[] = [];
function folderWith(files: Readonly<Record<string, string>>): string {
  const made = folderOf(files);
  folders.push(made);
  return made;
}
afterAll(() => {
  for (const each of folders) rmSync(each, { recursive: true });
});

const everything = {
  paths: ['db/migrations'],
  ignore: ['legacy/**'],
  framework: 'dbmate',
  overrides: [{ paths: 'billing/**', framework: 'flyway', transaction: 'none', placeholders: { schema: 'app' } }],
  pg: 15,
  rules: { 'column-dropped': 'off', 'index-not-concurrent': 'warning' },
  failOn: 'warning',
  transaction: 'file',
  lockTimeout: 'set elsewhere',
  timeZone: 'UTC',
  settings: { search_path: 'app' },
  placeholders: { owner: 'app' },
  baseline: 'known.json',
};

const yaml = `paths: [db/migrations]
pg: 15 # until May
rules:
  column-dropped: off
`;

describe('a configuration is found', () => {
  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['lockkeeper.config.json', { 'lockkeeper.config.json': '{ "pg": 15 }' }, '.'],
    ['comments and trailing commas in jsonc', { 'lockkeeper.config.jsonc': '{\n// why\n"pg": 15,\n}' }, '.'],
    ['yaml', { 'lockkeeper.config.yaml': 'pg: 15\n' }, '.'],
    ['package.json', { 'package.json': '{ "name": "x", "lockkeeper": { "pg": 15 } }' }, '.'],
    ['above', { 'lockkeeper.config.json': '{ "pg": 15 }', 'a/b/c.sql': '' }, 'a/b'],
    [
      'past a package.json that only depends on lockkeeper',
      {
        'package.json': '{ "lockkeeper": { "pg": 15 } }',
        'a/package.json': '{ "devDependencies": { "lockkeeper": "1" } }',
      },
      'a',
    ],
    ['with a byte order mark', { 'lockkeeper.config.json': '\ufeff{ "pg": 15 }' }, '.'],
  ])('%s', async (_, files, cwd) => {
    const folder = folderWith(files);
    expect((await loadConfig(join(folder, cwd), undefined, names)).config).toEqual({ pg: 15 });
  });

  test('where it is named, also under another name', async () => {
    const folder = folderWith({ 'lockkeeper.config.json': '{ "pg": 13 }', 'ci/strict.yml': 'pg: 15\n' });
    const loaded = await loadConfig(folder, 'ci/strict.yml', names);
    expect([loaded.config, loaded.file, loaded.folder]).toEqual([{ pg: 15 }, 'ci/strict.yml', join(folder, 'ci')]);
  });

  test('nowhere, and all is default', async () => {
    const loaded = await loadConfig(folderWith({ 'a.txt': '' }), undefined, names);
    expect([loaded.config, loaded.file]).toEqual([{}, undefined]);
  });

  test('an empty yaml is a configuration that says nothing', async () => {
    expect((await loadConfig(folderWith({ 'lockkeeper.config.yaml': '# later\n' }), undefined, names)).config).toEqual(
      {},
    );
  });

  test('every key is read', async () => {
    const folder = folderWith({ 'lockkeeper.config.json': JSON.stringify(everything) });
    expect((await loadConfig(folder, undefined, names)).config).toEqual(everything);
  });

  test('off needs no quotes in yaml', async () => {
    const loaded = await loadConfig(folderWith({ 'lockkeeper.config.yaml': yaml }), undefined, names);
    expect(loaded.config.rules).toEqual({ 'column-dropped': 'off' });
  });
});

/** Eight lines that stand for a hundred million words. */
const bomb = Array.from({ length: 8 }, (_, at) =>
  at === 0
    ? 'l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n'
    : `l${at}: &l${at} [${Array(10)
        .fill(`*l${at - 1}`)
        .join(', ')}]\n`,
).join('');

describe('a wrong configuration is one line with its place', () => {
  test.each<[string, string, string, string]>([
    ['an unknown key', 'json', '{\n  "rulez": {}\n}', ':2:3: unknown key "rulez", did you mean "rules"?'],
    [
      'an unknown rule',
      'json',
      '{ "rules": {\n  "colum-dropped": "off" } }',
      ':2:3: unknown rule "colum-dropped", did you mean "column-dropped"?',
    ],
    [
      'an unknown key of an override',
      'json',
      '{ "overrides": [{ "paths": "a", "framwork": "dbmate" }] }',
      ':1:33: unknown key "framwork", did you mean "framework"?',
    ],
    ['an unknown key in yaml', 'yaml', 'pg: 15\nfailon: note\n', ':2:1: unknown key "failon", did you mean "failOn"?'],
    [
      'an unknown rule in yaml',
      'yaml',
      'rules:\n  colum-dropped: off\n',
      ':2:3: unknown rule "colum-dropped", did you mean "column-dropped"?',
    ],
    ['an unknown level', 'yaml', 'rules:\n  column-dropped: fatal\n', ':2:3: rules.column-dropped: invalid option'],
    ['a wrong type', 'json', '{\n\n"pg": "15" }', ':3:1: pg: invalid input: expected number, received string'],
    ['a server out of range', 'yaml', 'pg: 9\n', ':1:1: pg: too small'],
    [
      'an unknown framework',
      'json',
      '{ "framework": "rails" }',
      ':1:3: framework: invalid option: expected one of "dbmate"|"flyway"',
    ],
    ['several faults', 'yaml', 'rulez: 1\npaht: 2\n', ':1:1: unknown key "rulez", did you mean "rules"? (and 1 more)'],
    ['not JSON', 'json', '{\n  "pg": 15\n  "failOn": "note"\n}', ':3:3: comma expected'],
    ['not YAML', 'yaml', 'pg: [15\n', ':2:1: '],
    ['a list', 'json', '[]', ':1:1: invalid input: expected object, received array'],
    ['empty', 'json', '', ':1:1: '],
    ['a second document', 'yaml', 'pg: 15\n---\npg: 16\n', ':2:1: a second document begins: a configuration is one'],
    ['a bomb of aliases', 'yaml', bomb, ':2:10: aliases stand for too much'],
    ['an alias of nothing', 'yaml', 'pg: 15\npaths: *none\n', ':2:8: an alias leads nowhere'],
    ['a cycle', 'yaml', 'paths: &all [db, *all]\n', ':1:18: paths.1: invalid input: expected string, received array'],
    ['a key that is none', 'yaml', '? [a, b]\n: 1\n', ':1:1: unknown key "[ a, b ]"'],
    ['a key of every object', 'yaml', 'pg: 15\nconstructor: {}\n', ':2:1: unknown key "constructor"'],
    ['a prototype', 'json', '{ "__proto__": { "pg": 15 } }', ':1:3: unknown key "__proto__"'],
    ['a prototype of settings', 'yaml', 'settings:\n  __proto__: on\n', ':2:3: unknown key "__proto__"'],
    ['a prototype of rules', 'json', '{ "rules": { "__proto__": "off" } }', ':1:14: unknown key "__proto__"'],
    ['a thousand brackets', 'json', `{ "paths": ${'['.repeat(50_000)}${']'.repeat(50_000)} }`, ': nested too deeply'],
    ['a thousand brackets in yaml', 'yaml', `paths: ${'['.repeat(20_000)}${']'.repeat(20_000)}`, ': nested too deeply'],
    [
      'wrong in package.json',
      'package',
      '{\n  "lockkeeper": {\n    "rulez": {}\n  }\n}',
      ':3:5: unknown key "rulez", did you mean "rules"?',
    ],
  ])('%s', async (_, kind, text, message) => {
    const name = kind === 'package' ? 'package.json' : `lockkeeper.config.${kind}`;
    const loading = loadConfig(folderWith({ [name]: text }), undefined, names);
    await expect(loading).rejects.toThrow(UserError);
    await expect(loading).rejects.toThrow(`${name}${message}`);
    await expect(loading).rejects.toThrow(/^.+$/);
  });

  test.each([
    ['a device', '/dev/zero', 'the configuration lockkeeper.config.yaml is a device, not a file'],
    ['a folder', '/tmp', 'cannot read the configuration lockkeeper.config.yaml (EISDIR)'],
  ])('a link to %s', async (_, target, message) => {
    const folder = folderWith({ 'a.txt': '' });
    symlinkSync(target, join(folder, 'lockkeeper.config.yaml'));
    await expect(loadConfig(folder, undefined, names)).rejects.toThrow(message);
  });

  test('the library that reads it says nothing beside', async () => {
    const folder = folderWith({ 'lockkeeper.config.yaml': '? [a]\n: 1\n' });
    const warned: unknown[] = [];
    const hear = (warning: unknown) => warned.push(warning);
    process.on('warning', hear);
    await expect(loadConfig(folder, undefined, names)).rejects.toThrow(UserError);
    await new Promise((done) => setImmediate(done));
    process.off('warning', hear);
    expect(warned).toEqual([]);
  });

  test('two in one folder', async () => {
    const folder = folderWith({ 'lockkeeper.config.json': '{}', 'lockkeeper.config.yaml': '' });
    await expect(loadConfig(folder, undefined, names)).rejects.toThrow(
      'two configurations in one folder: lockkeeper.config.json and lockkeeper.config.yaml',
    );
  });
});

test('the published schema takes what the program takes, and describes every key', () => {
  const json = z.toJSONSchema(configSchema(names), { io: 'input' });
  const published = z.fromJSONSchema(json);
  const samples: readonly unknown[] = [
    everything,
    {},
    { pg: 12 },
    { rulez: {} },
    { rules: { x: 'off' } },
    { paths: 'db' },
  ];
  expect(samples.map((each) => published.safeParse(each).success)).toEqual(
    samples.map((each) => 'config' in checkConfig(each, names)),
  );
  expect(
    Object.entries(json.properties ?? {}).filter(
      ([, value]) => typeof value === 'object' && value.description === undefined,
    ),
  ).toEqual([]);
  expect(Object.keys(json.properties ?? {}).sort()).toEqual([...Object.keys(everything), '$schema'].sort());
});

describe('what it says is done', () => {
  const files = {
    'shop/db/001.sql': '-- migrate:up\ncreate table account (id int);\n-- migrate:down\ndrop table account;\n',
    'shop/db/002.sql':
      '-- migrate:up\nalter table account add column email text;\n-- migrate:down\nalter table account drop column email;\n',
    'old/db/001.sql': '-- migrate:up\ncreate table visit (id int);\n-- migrate:down\ndrop table visit;\n',
    'old/db/002.sql': '-- migrate:up\ndrop table visit;\n-- migrate:down\ncreate table visit (id int);\n',
  };
  const found = async (config: object, argv: readonly string[] = [], cwd = '.') => {
    const folder = folderWith({ ...files, 'lockkeeper.config.json': JSON.stringify(config) });
    const ran = await run(join(folder, cwd), ['check', '--format', 'json', ...argv]);
    expect(ran.stderr).toBe('');
    return JSON.parse(ran.stdout).diagnostics.map((one: { rule: string; file: string }) => `${one.rule} ${one.file}`);
  };

  test.each<[string, object, readonly string[], readonly string[]]>([
    ['nothing', {}, [], ['table-dropped old/db/002.sql', 'no-lock-timeout shop/db/002.sql']],
    ['paths', { paths: ['shop'] }, [], ['no-lock-timeout shop/db/002.sql']],
    ['paths, unless some are named', { paths: ['shop'] }, ['old'], ['table-dropped old/db/002.sql']],
    ['ignore', { ignore: ['old/**'] }, [], ['no-lock-timeout shop/db/002.sql']],
    ['rules', { rules: { 'table-dropped': 'off' } }, [], ['no-lock-timeout shop/db/002.sql']],
    ['lockTimeout', { lockTimeout: 'set elsewhere' }, [], ['table-dropped old/db/002.sql']],
    ['settings', { settings: { LOCK_TIMEOUT: '5s' } }, [], ['table-dropped old/db/002.sql']],
  ])('%s', async (_, config, argv, expected) => {
    const all = await found(config, argv);
    expect(
      all.filter((one: string) => /^(table-dropped|no-lock-timeout) /.test(one) && !/no-lock-timeout old/.test(one)),
    ).toEqual(expected);
  });

  test('settings: search_path leads to the tables of its schemas', async () => {
    const inSchema = {
      'db/001.sql': 'create schema app; create table app.account (id int);',
      'db/002.sql': 'alter table account add column email text; create table visit (id int);',
    };
    const relations = async (config: object) => {
      const folder = folderWith({ ...inSchema, 'lockkeeper.config.json': JSON.stringify(config) });
      const { stdout } = await run(folder, ['locks', '--format', 'json']);
      return [...new Set(stdout.match(/"relation": "[^"]*"/g))];
    };
    expect(await relations({})).toContain('"relation": "public.account"');
    expect(await relations({ settings: { search_path: 'App, public' } })).toEqual(['"relation": "app.account"']);
  });

  test('paths are relative to the configuration, from wherever it is found', async () => {
    expect(await found({ paths: ['shop/db'] }, [], 'old')).toEqual(['no-lock-timeout ../shop/db/002.sql']);
  });

  test('the command line has the last word', async () => {
    expect(
      await found({ paths: ['shop'], rules: { 'no-lock-timeout': 'off' } }, ['--rule', 'no-lock-timeout=note']),
    ).toEqual(['no-lock-timeout shop/db/002.sql']);
  });

  test('failOn decides the exit code', async () => {
    const folder = folderWith({ ...files, 'lockkeeper.config.json': '{ "paths": ["shop"], "failOn": "warning" }' });
    expect((await run(folder, ['check'])).code).toBe(1);
    expect((await run(folder, ['check', '--fail-on', 'error'])).code).toBe(0);
  });
});
