import type { Catalog, Routine } from '../src/catalog/catalog.js';
import { knownRoutinesDropped } from '../src/known.js';
import { defineRule, type Finding, type JudgedMigration, type Step } from '../src/rule.js';
import { list } from '../src/wording.js';

export default defineRule({
  id: 'routine-dropped',
  level: 'warning',
  title: 'A function or procedure that running code may call is dropped or takes other arguments',
  why: 'A call by the running code, or by a client of an API made of functions, fails from that moment: function does not exist.',
  instead:
    'Let the old and the new one live side by side (other arguments make another function, a new last argument can have a default), and drop the old one when nothing calls it.',
  links: ['https://www.postgresql.org/docs/current/sql-dropfunction.html'],
  bad: [
    {
      sql: `create function total(a int) returns int language sql as 'select a';
-- next migration
drop function total(int);`,
    },
    {
      title: 'the new one asks for more',
      sql: `create function total(a int) returns int language sql as 'select a';
-- next migration
begin;
drop function total;
create function total(a int, b text) returns int language sql as 'select a';
commit;`,
    },
    {
      title: 'an extension takes its functions along',
      sql: `create extension pgcrypto;
-- next migration
drop extension pgcrypto;`,
    },
  ],
  good: [
    {
      title: 'an extension that the same migration makes again',
      sql: `create extension pgcrypto;
-- next migration
begin;
drop extension pgcrypto;
create extension pgcrypto;
commit;`,
    },
    {
      title: 'the new argument has a default: old calls still work',
      sql: `create function total(a int) returns int language sql as 'select a';
-- next migration
begin;
drop function total(int);
create function total(a int, b text default '') returns int language sql as 'select a';
commit;`,
    },
    {
      title: 'nobody calls a trigger function but its triggers',
      sql: `create function touch() returns trigger language plpgsql as 'begin return new; end';
-- next migration
drop function touch();`,
    },
  ],
  checkMigration(judged) {
    return judged.up.flatMap((step) => {
      const extensions = extensionsDropped(judged, step).map((name) => ({
        message: `running code that uses the functions, operators and types of the extension ${name} fails from now on`,
        instead: `Release code that does without ${name}, and drop it after that.`,
      }));
      const told = [...extensions, ...knownRoutinesDropped(step).flatMap((routine) => finding(judged, routine) ?? [])];
      return told.map((one) => ({ ...one, step }));
    });
  },
});

/** The extensions that a statement drops, that were there before the migration, and that it does not make again. */
function extensionsDropped({ before, afterUp }: JudgedMigration, step: Step): readonly string[] {
  return step.before.extensions
    .differing(step.after.extensions)
    .map(([name]) => name)
    .filter((name) => !step.after.extensions.has(name) && before.extensions.has(name) && !afterUp.extensions.has(name));
}

function finding({ before, afterUp }: JudgedMigration, routine: Routine): Finding | undefined {
  if (routine.returns?.name === 'trigger' || routine.returns?.name === 'event_trigger') return undefined;
  const name = `${routine.schema}.${routine.name}`;
  // moved away from a name that was known, or made under this one a moment ago
  if (!overloads(before, name).some((old) => old.oid === routine.oid)) return undefined;
  const now = overloads(afterUp, name);
  if (now.some((other) => takes(other, routine))) return undefined;
  const left = now.map(signature);
  const message = `running code that calls ${signature(routine)} fails from now on`;
  return { message: left.length === 0 ? message : `${message}: what is left is ${list(left)}` };
}

function overloads(catalog: Catalog, name: string): readonly Routine[] {
  return (catalog.routineNames.get(name) ?? []).flatMap((oid) => catalog.routines.get(oid) ?? []);
}

/** Whether a call of the old one finds the other: the same types first, defaults for the rest. */
function takes(other: Routine, old: Routine): boolean {
  const wanted = inputs(old);
  const given = inputs(other);
  return (
    given.length >= wanted.length &&
    given.every((argument, at) => {
      const type = wanted[at]?.type;
      return at >= wanted.length
        ? argument.hasDefault
        : type === undefined || argument.type === undefined || typeName(argument.type) === typeName(type);
    })
  );
}

function inputs(routine: Routine): Routine['arguments'] {
  return routine.arguments.filter(({ output }) => !output);
}

function typeName({ name, dimensions }: { readonly name: string; readonly dimensions: number }): string {
  return `${name}${'[]'.repeat(dimensions)}`;
}

function signature(routine: Routine): string {
  const types = inputs(routine).map(({ type }) => (type === undefined ? '?' : typeName(type)));
  return `${routine.schema}.${routine.name}(${types.join(', ')})`;
}
