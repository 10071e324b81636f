// Generates a folder of plain SQL migrations of realistic shape: `node bench/generate.mjs FOLDER [FILES] [STATEMENTS]`.
// Same arguments, same bytes. The statements are ours; their mix follows what public histories contain (facts/corpora.md).
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = 'node_modules/.cache/bench', files = '2000', statements = '28000'] = process.argv.slice(2);

/** A small seeded generator, so that every run measures the same text. */
function random(seed) {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

const pick = random(20260131);
const tables = [];
const types = [
  'bigint',
  'integer',
  'text',
  'varchar(120)',
  'timestamptz',
  'numeric(12, 2)',
  'boolean',
  'jsonb',
  'uuid',
  'date',
];
const words = [
  'account',
  'invoice',
  'order',
  'event',
  'visit',
  'device',
  'team',
  'member',
  'payment',
  'address',
  'message',
  'label',
];

function newTable(n) {
  const name = `${words[pick(words.length)]}_${n}`;
  const columns = Array.from({ length: 4 + pick(8) }, (_, at) => `c${at}`);
  const reference = tables.length > 0 && pick(3) === 0 ? tables[pick(tables.length)].name : undefined;
  tables.push({ name, columns });
  const lines = [
    'id bigint generated always as identity primary key',
    ...columns.map(
      (column) =>
        `${column} ${types[pick(types.length)]}${pick(3) === 0 ? ' not null' : ''}${pick(5) === 0 ? ' default null' : ''}`,
    ),
    'created_at timestamptz not null default now()',
    ...(reference ? [`${reference}_id bigint references ${reference} (id) on delete cascade`] : []),
  ];
  return `CREATE TABLE ${name} (\n  ${lines.join(',\n  ')}\n)`;
}

const known = () => tables[pick(tables.length)];
let counter = 0;
const forms = [
  [18, () => newTable(++counter)],
  [
    18,
    () => {
      const t = known();
      const c = `n${++counter}`;
      t.columns.push(c);
      return `ALTER TABLE ${t.name} ADD COLUMN ${c} ${types[pick(types.length)]}`;
    },
  ],
  [
    18,
    () => {
      const t = known();
      return `CREATE INDEX ${t.name}_i${++counter} ON ${t.name} (${t.columns[pick(t.columns.length)]})`;
    },
  ],
  [
    4,
    () => {
      const t = known();
      return `CREATE UNIQUE INDEX CONCURRENTLY ${t.name}_u${++counter} ON ${t.name} (${t.columns[pick(t.columns.length)]}) WHERE id > 0`;
    },
  ],
  [
    6,
    () => {
      const t = known();
      return `ALTER TABLE ${t.name} ADD CONSTRAINT ${t.name}_ck${++counter} CHECK (id > 0)`;
    },
  ],
  [
    6,
    () => {
      const t = known();
      return `ALTER TABLE ${t.name} ALTER COLUMN ${t.columns[pick(t.columns.length)]} SET NOT NULL`;
    },
  ],
  [
    5,
    () => {
      const t = known();
      return `ALTER TABLE ${t.name} ALTER COLUMN ${t.columns[pick(t.columns.length)]} DROP NOT NULL`;
    },
  ],
  [
    6,
    () => {
      const t = known();
      return `COMMENT ON TABLE ${t.name} IS 'What the business calls a ${t.name.replace('_', ' no. ')}: one row each'`;
    },
  ],
  [
    6,
    () => {
      const t = known();
      return `UPDATE ${t.name} SET ${t.columns[0]} = ${t.columns[0]} WHERE id BETWEEN ${pick(1000)} AND ${1000 + pick(1000)}`;
    },
  ],
  [
    8,
    () => {
      const t = known();
      return `INSERT INTO ${t.name} (${t.columns[0]}) VALUES (NULL), (NULL), (NULL)`;
    },
  ],
  [
    3,
    () => {
      const t = known();
      return `CREATE OR REPLACE VIEW ${t.name}_v AS SELECT id, created_at FROM ${t.name} WHERE created_at > now() - interval '${1 + pick(90)} days'`;
    },
  ],
  [
    2,
    () => {
      const t = known();
      return `GRANT SELECT, INSERT, UPDATE ON ${t.name} TO application`;
    },
  ],
];
const weighted = forms.flatMap(([weight, form]) => Array.from({ length: weight }, () => form));

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
let left = Number(statements);
for (let file = 0; file < Number(files); file++) {
  const here = Math.max(1, Math.round(left / (Number(files) - file)));
  left -= here;
  const body = Array.from({ length: here }, () =>
    tables.length === 0 ? newTable(++counter) : weighted[pick(weighted.length)](),
  );
  const text = `-- migration ${file + 1}: generated for the benchmark\n${body.join(';\n\n')};\n`;
  writeFileSync(join(folder, `${String(file + 1).padStart(6, '0')}_change.sql`), text);
}
console.log(`${files} files, ${statements} statements in ${folder}`);
