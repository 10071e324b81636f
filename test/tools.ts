import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Server } from '../src/trace/server.js';

/** Runs migration tools against a real server, in a copy of a project. */

const root = path.resolve(import.meta.dirname, '..');

/** How a tool is called. */
export interface Tool {
  readonly name: string;
  readonly fixture: string;
  /** The program, or undefined when it is not installed (scripts/install-test-tools.sh). */
  readonly program: string | undefined;
  readonly up: readonly string[];
  /** How it is told the database that it reaches through a port; the others find it by the environment. */
  readonly target?: (port: number, database: string) => readonly string[];
  readonly down?: readonly string[];
  /** `down` goes all the way back. */
  readonly downAtOnce?: boolean;
  /** Gives the versions that were applied, in their order. */
  readonly applied: string;
  /** How the tool shows one of our ids; as it is if absent. */
  readonly versionOf?: (id: string) => string;
  /** Changes the copy of the fixture first. */
  readonly change?: (folder: string) => void;
  /** Gives the copy what the tool alone needs: it is not in the project that we read. */
  readonly equip?: ((folder: string) => void) | undefined;
  /** Objects of the tool's own, which are no migrations. */
  readonly own: RegExp;
}

/** A program of .tools or of the system. */
export function program(name: string): string | undefined {
  const places = [path.join(root, '.tools/node_modules/.bin'), '/usr/bin', '/usr/local/bin'];
  return places.map((place) => path.join(place, name)).find((file) => existsSync(file));
}

/** A copy of a fixture (or any folder) that a tool may write to. */
export function copyOf(folder: string): { readonly folder: string; readonly remove: () => void } {
  const copy = mkdtempSync(path.join(tmpdir(), 'lockkeeper-tool-'));
  cpSync(path.resolve(root, folder), copy, { recursive: true });
  return { folder: copy, remove: () => rmSync(copy, { recursive: true, force: true }) };
}

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a program to its end. */
export function execute(file: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
    });
    child.stderr.on('data', (chunk) => {
      output += String(chunk);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** The environment by which all the tools find a database of the server. */
export async function environment(server: Server, database: string): Promise<NodeJS.ProcessEnv> {
  const session = await server.connect();
  const [row] = await session.query('show unix_socket_directories');
  await session.query(`create database ${database}`);
  await session.query(`create database ${database}_shadow`);
  await session.close();
  const host = row?.unix_socket_directories ?? '';
  const url = (name: string) => `postgres://postgres@/${name}?host=${encodeURIComponent(host)}&sslmode=disable`;
  return {
    PGHOST: host,
    PGUSER: 'postgres',
    PGDATABASE: database,
    PGSSLMODE: 'disable',
    DATABASE_URL: url(database),
    SHADOW_DATABASE_URL: url(`${database}_shadow`),
    ROOT_DATABASE_URL: url('postgres'),
    SQITCH_FULLNAME: 'Ada',
    SQITCH_EMAIL: 'ada@example.com',
    DATASOURCE: `host=${host} user=postgres dbname=${database} sslmode=disable`,
  };
}

/** A port through which a server is reached that listens on a socket of the file system alone. */
export async function throughTcp(folder: string): Promise<{ readonly port: number; readonly close: () => void }> {
  const proxy = createServer((client) => {
    const server = connect(path.join(folder, '.s.PGSQL.5432'));
    client.pipe(server).pipe(client);
    for (const end of [client, server]) end.on('error', () => {});
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, close: () => proxy.close() };
}

/** Notes the transaction of every statement that makes, changes or drops an object. */
export const recorder = `
create schema recorder;
create table recorder.seen (at serial, tx bigint, objects text);
create function recorder.note() returns event_trigger language plpgsql as $$
begin
  insert into recorder.seen (tx, objects)
    select txid_current(), coalesce((select string_agg(object_identity, ' ') from pg_event_trigger_ddl_commands()), '');
end
$$;
create event trigger recorder_note on ddl_command_end execute function recorder.note();`;

const liquibaseJars = path.join(root, '.tools/node_modules/liquibase/dist/liquibase/internal/lib');
const java = ['/usr/bin/java', '/usr/local/bin/java'].find((file) => existsSync(file));

/** How Java is called to run Liquibase; undefined when one of them is not installed. */
export const liquibaseProgram =
  java === undefined || !existsSync(liquibaseJars)
    ? undefined
    : {
        java,
        args: [
          '-cp',
          `${liquibaseJars}/*`,
          'liquibase.integration.commandline.LiquibaseCommandLine',
          '--show-banner=false',
        ],
      };

/** Liquibase on changelog.xml of a folder, without a database; undefined when it or Java is not installed. */
export const liquibase =
  liquibaseProgram === undefined
    ? undefined
    : (command: string, cwd: string): Promise<Outcome> =>
        execute(
          liquibaseProgram.java,
          [
            ...liquibaseProgram.args,
            '--changelog-file=changelog.xml',
            '--url=offline:postgresql?changeLogFile=log.csv&outputLiquibaseSql=none',
            command,
          ],
          cwd,
          {},
        );
