import { beforeAll, describe, expect, test } from 'vitest';
import { emptyCatalog } from '../src/catalog/lookup.js';
import { loadParser } from '../src/sql/parse.js';
import { findServer, serverMajors } from '../src/trace/binaries.js';
import { startServer } from '../src/trace/server.js';
import type { Session } from '../src/trace/session.js';
import { describeCatalog, describeServer, differences } from './catalog-description.js';
import { type CatalogScript, catalogScripts, recordingOf, recordingText, replaySql } from './catalog-scripts.js';

// The replayed catalog against pg_catalog of the servers that this machine has. `vitest -u` records anew what they show.

/** The majors whose recordings test/catalog-table.test.ts reads. */
const recorded = [15, 18];

/** LOCKKEEPER_CATALOG_PG=all asks every server; it takes three times as long. */
const asked = process.env.LOCKKEEPER_CATALOG_PG === 'all' ? serverMajors : recorded;

const found: number[] = [];
for (const major of asked) if ((await findServer(major)) !== undefined) found.push(major);

beforeAll(loadParser);

describe('the catalog is what a real server has', () => {
  test('there is a server to ask', (context) => {
    if (found.length === 0) context.skip('no PostgreSQL server is installed here; `npm run oracle` installs them');
    expect(found.length).toBeGreaterThan(0);
  });

  test.for(found)('PostgreSQL %i', { timeout: 300_000 }, async (major) => {
    const server = await startServer(major);
    try {
      const session = await server.connect();
      const wrong: string[] = [];
      const steps = new Map<string, [string, readonly string[]][]>();
      for (const script of catalogScripts.filter(({ from }) => from <= major)) {
        const shown = await shownBy(session, script, major);
        wrong.push(...differencesIn(script, shown, major));
        const titled = shown.map((lines, at): [string, readonly string[]] => [`${script.name}, ${at + 1}`, lines]);
        steps.set(script.file, [...(steps.get(script.file) ?? []), ...titled]);
      }
      await session.close();
      expect(wrong).toEqual([]);
      if (!recorded.includes(major)) return;
      for (const [file, titled] of steps)
        await expect(recordingText(titled)).toMatchFileSnapshot(recordingOf(file, major).pathname);
    } finally {
      await server.stop();
    }
  });
});

/** What the server shows after each step of a script. The script is undone. */
async function shownBy(session: Session, script: CatalogScript, major: number): Promise<string[][]> {
  const shown: string[][] = [];
  await session.query('begin');
  for (const step of script.steps) {
    await session.query(step).catch((error: unknown) => {
      throw new Error(`${script.name}: ${error instanceof Error ? error.message : error}`);
    });
    shown.push(await describeServer(session, major));
  }
  await session.query('rollback');
  await session.query('reset all');
  return shown;
}

function differencesIn(script: CatalogScript, shown: readonly string[][], major: number): string[] {
  let catalog = emptyCatalog();
  return script.steps.flatMap((step, at) => {
    catalog = replaySql(catalog, step, major);
    const lines = differences(describeCatalog(catalog, major), shown[at] ?? []);
    return lines.map((line) => `${script.name}, ${at + 1}: ${line}`);
  });
}
