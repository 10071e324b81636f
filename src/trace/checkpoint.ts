import { quoteIdentifier, quoteLiteral } from '../sql/names.js';
import { refusal } from './keep.js';
import { isMark } from './scratch.js';
import type { Session } from './session.js';

/** A state of the database that is set aside, and can be put in its place again: what has run need not be run anew. */
export interface Checkpoint {
  /** Sets the present state aside, in place of an earlier one; false where that cannot be done. */
  keep(): Promise<boolean>;
  /** Puts it back; false where that cannot be done, and then the database is as good as any that is to be made anew. */
  recall(): Promise<boolean>;
  /** Forgets it. */
  forget(): Promise<void>;
}

/** The names of two databases. */
export interface Names {
  readonly database: string;
  readonly copy: string;
}

/** On whose server it is kept. */
export interface Ground {
  /** On a server of our own the roles that were made since go too. */
  readonly alone: boolean;
  /** Hears of each database that is made, under either name. */
  readonly made: (database: string) => Promise<void>;
}

/** Keeps a state as a second database, of which the first is a copy afterwards. */
export function copyAside(administrator: Session, names: Names, { alone, made }: Ground): Checkpoint {
  const [database, copy] = [quoteIdentifier(names.database), quoteIdentifier(names.copy)];
  let roles: ReadonlySet<string> | undefined;
  const rolesNow = async () => new Set(alone ? await madeRoles(administrator) : []);
  const forget = async () => {
    roles = undefined;
    await administrator.query(`drop database if exists ${copy} with (force)`);
  };
  return {
    forget,
    async keep() {
      await forget();
      const [more] = await administrator.query(notCopied(names.database));
      if (more !== undefined) return false;
      if ((await refusal(administrator, `create database ${copy} template ${database}`)) !== undefined) return false;
      await made(names.copy);
      roles = await rolesNow();
      return true;
    },
    async recall() {
      const now = await rolesNow();
      // a role that is gone has taken its grants with it
      if (roles === undefined || [...roles].some((name) => !now.has(name))) return false;
      await administrator.query(`drop database if exists ${database} with (force)`);
      await administrator.query(`create database ${database} template ${copy}`);
      await made(names.database);
      for (const name of now) if (!roles.has(name)) await dropRole(administrator, name);
      return true;
    },
  };
}

/** What belongs to a database and does not go into a copy: its own settings, privileges, owner, comment and subscriptions. */
function notCopied(database: string): string {
  return `select 1 as one from pg_database d where datname = ${quoteLiteral(database)} and (
    datacl is not null or datdba <> (select oid from pg_roles where rolname = current_user)
    or exists (select from pg_db_role_setting where setdatabase = d.oid)
    or exists (select from pg_shdescription where classoid = 'pg_database'::regclass and objoid = d.oid and not ${isMark('description')})
    or exists (select from pg_subscription where subdbid = d.oid))`;
}

/** On a server that is ours alone all roles but the first are made by migrations. */
export async function dropRoles(administrator: Session): Promise<void> {
  for (const name of await madeRoles(administrator)) await dropRole(administrator, name);
}

async function madeRoles(administrator: Session): Promise<readonly string[]> {
  const rows = await administrator.query('select quote_ident(rolname) as name from pg_roles where oid >= 16384');
  return rows.map(({ name }) => name ?? '');
}

async function dropRole(administrator: Session, name: string): Promise<void> {
  await administrator.query(`drop owned by ${name} cascade; drop role ${name}`);
}
