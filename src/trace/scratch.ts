import { quoteIdentifier, quoteLiteral } from '../sql/names.js';
import { refusal } from './keep.js';
import type { Session } from './session.js';

// A trace that is killed outright leaves its scratch databases on a server that is not ours. They bear a comment by which the next one knows them.

const sign = 'made by lockkeeper trace ';

/** Whether a comment is a mark, as SQL. */
export function isMark(comment: string): string {
  return `starts_with(${comment}, ${quoteLiteral(sign)})`;
}

/** The name of the database is in it: one that somebody has given another name is somebody's own by now. */
function markOf(application: string, database: string): string {
  return `made by ${application} as ${database}, and dropped when that ends`;
}

/** Marks a database that a run has made, which has the name of its sessions; without the mark it is dropped at the end all the same. */
export async function mark(administrator: Session, application: string, database: string): Promise<void> {
  const text = quoteLiteral(markOf(application, database));
  await refusal(administrator, `comment on database ${quoteIdentifier(database)} is ${text}`);
}

/** Drops the databases of our role that were made by runs which are no more, and in which nobody is. Gives their names. */
export async function sweep(administrator: Session): Promise<readonly string[]> {
  const marked = await administrator.query(
    `select datname, description from pg_database d join pg_shdescription s on s.objoid = d.oid and s.classoid = 'pg_database'::regclass
      where datdba = (select oid from pg_roles where rolname = current_user) and ${isMark('description')} order by datname`,
  );
  const sessions = await administrator.query('select application_name as name from pg_stat_activity');
  const running = new Set(sessions.map(({ name }) => name));
  const dropped: string[] = [];
  for (const { datname, description } of marked) {
    const [, application = ''] = /^made by (lockkeeper trace [0-9a-f]+) as /.exec(description ?? '') ?? [];
    if (datname == null || running.has(application) || description !== markOf(application, datname)) continue;
    // without FORCE: whoever is in it needs it
    const refused = await refusal(administrator, `drop database ${quoteIdentifier(datname)}`);
    if (refused === undefined) dropped.push(datname);
  }
  return dropped;
}
