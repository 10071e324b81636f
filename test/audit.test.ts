import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderOf, run } from './cli-io.js';
import { missing } from './programs.js';
import { temporary } from './repository.js';

/** Years of a shop: every hazard, a long transaction, a way back that is missing, names that are markup. */
const shop: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Array.from({ length: 30 }, (_, at): [string, string] => {
      const year = 2019 + Math.floor(at / 6);
      const month = String((at % 6) * 2 + 1).padStart(2, '0');
      return [
        `migrations/${year}${month}01120000_table_${at}.sql`,
        `-- migrate:up
create table table_${at} (id bigint primary key, email text);
${at > 2 ? `create index table_${at - 2}_email on table_${at - 2} (email);\nalter table table_${at - 3} alter column email set not null;` : ''}
-- migrate:down
drop table table_${at};
`,
      ];
    }),
  ),
  'migrations/20240601120000_long.sql': `-- migrate:up
alter table table_1 add column note text;
${Array.from({ length: 12 }, (_, at) => `alter table table_${at} alter column id type numeric;`).join('\n')}
-- migrate:down
select 1;
`,
  'migrations/20240701120000_<img src=x onerror=alert(1)>.sql': `-- migrate:up
alter table table_1 rename column email to "</pre><script>alert('owned')</script>&amp;";
alter table table_2 drop column email; -- \u202e
`,
};

const project = temporary();
let html = '';
beforeAll(async () => {
  const folder = folderOf(shop);
  expect(await run(folder, ['audit', '--output', join(project, 'audit.html')])).toMatchObject({ code: 0, stdout: '' });
  html = readFileSync(join(project, 'audit.html'), 'utf8');
}, 120_000);

describe('the audit', () => {
  test('is one file that asks for nothing else', () => {
    expect(html).not.toMatch(/<script|<img|<link(?! rel="icon" href="data:,")|@import|url\(|https?:\/\//i);
    expect(html).toContain("default-src 'none'");
    expect(html).not.toContain('\u202e');
  });

  test('leads everywhere it says it leads', () => {
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    expect(targets.length).toBeGreaterThan(20);
    expect(targets.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test('is the same every time', async () => {
    const again = await run(folderOf(shop), ['audit', '--format', 'html']);
    // the title is the folder's name
    expect(again.stdout.replace(/lockkeeper-cli-\w+/g, '')).toBe(html.replace(/lockkeeper-cli-\w+/g, ''));
  });

  test('is markdown too', async () => {
    const { stdout } = await run(folderOf(shop), ['audit', '--format', 'markdown']);
    expect(stdout.replace(/lockkeeper\\-cli\\-\w+/, 'shop')).toMatchSnapshot();
  });

  test('tells what could not be followed as a gap in its coverage, not as a hazard', async () => {
    const blind = `do $$ begin execute 'drop table ' || current_setting('app.table'); end $$;\n`;
    const folder = folderOf({ 'migrations/1_a.sql': `create table a (id int);\n${blind}` });
    const { stdout } = await run(folder, ['audit']);
    expect(stdout).toContain('<b>50.0 %</b> understood');
    expect(stdout).toMatch(/<section id="kinds"[\s\S]*?<p>None\.<\/p>\n<\/section>/);
    expect(stdout).toMatch(
      /<section id="coverage"[\s\S]*?1 not understood[\s\S]*?<a href="#finding-1">1_<wbr>a\.sql:2<\/a>/,
    );
    const words = await run(folder, ['audit', '--format', 'markdown']);
    expect(words.stdout).toContain('`migrations/1_a.sql:2`');
    const json = await run(folder, ['check', '--format', 'json']);
    expect(JSON.parse(json.stdout).summary).toMatchObject({ statements: 2, notUnderstood: 1, warnings: 1 });
  });

  test('draws each lock window with the way round it', () => {
    const [, drawn = ''] = /<section id="windows"[^>]*>([\s\S]*?)<\/section>/.exec(html) ?? [];
    expect(drawn).toContain('<code>20240601120000_long.sql:2</code>');
    expect(drawn).toMatch(
      /while a table is rewritten[^<]*: reads, writes, autovacuum and DDL wait\. What to do: <a href="#finding-/,
    );
  });

  test('has a page for nothing to tell', async () => {
    const ran = await run(folderOf({ 'migrations/1_a.sql': 'create table a (id int);\n' }), ['audit']);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('None');
  });

  test('goes to a file on a terminal', async () => {
    const folder = folderOf(shop);
    const ran = await run(folder, ['audit'], { terminal: true });
    expect(ran.stdout).toBe('');
    expect(ran.stderr).toMatch(/lockkeeper: \d+ findings in lockkeeper-audit.html\n$/);
    expect(await run(folder, ['audit', '--output', 'migrations'])).toMatchObject({ code: 2 });
  });
});

// what is asked of the page, in its own words: the types of a browser's world are not those of this project

const stops = `[...document.querySelectorAll('a, summary, [tabindex="0"]')]`;

/** The smallest size of letters, in pixels. */
const smallest = `Math.min(...[...document.querySelectorAll('body *')]
  .filter((each) => each.textContent.trim() !== '')
  .map((each) => Number.parseFloat(getComputedStyle(each).fontSize)))`;

/** The weakest contrast between text and what is behind it, as WCAG computes it. */
const weakest = `(() => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = channels(colour).map((part) => {
      const c = part / 255;
      return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = (at) => {
    if (at === null) return 'rgb(255, 255, 255)';
    const colour = getComputedStyle(at).backgroundColor;
    return channels(colour)[3] === 0 ? paper(at.parentElement) : colour;
  };
  const texts = [...document.querySelectorAll('body *')].filter((each) =>
    [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== ''),
  );
  return Math.min(...texts.map((each) => {
    const [a, b] = [luminance(getComputedStyle(each).color), luminance(paper(each))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }));
})()`;

const lacking = missing('chromium');

describe.skipIf(lacking !== undefined)(`in Chromium ${lacking ? `(skipped: ${lacking})` : ''}`, () => {
  let browser: Browser;
  let page: Page;
  const told: string[] = [];
  const asked: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    page = await browser.newPage();
    page.on('console', (message) => told.push(message.text()));
    page.on('pageerror', (error) => told.push(String(error)));
    page.on('dialog', (dialog) => told.push(dialog.message()));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(join(project, 'audit.html')).href);
  }, 120_000);
  afterAll(() => browser?.close());

  test('says nothing to the console and asks for nothing', () => {
    expect(told).toEqual([]);
    expect(asked.filter((url) => !url.startsWith('data:'))).toHaveLength(1);
  });

  test.each([400, 1400])('is readable at %i px: nothing sticks out, nothing is tiny', async (width) => {
    await page.setViewportSize({ width, height: 900 });
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    expect(await page.evaluate<number>(smallest)).toBeGreaterThanOrEqual(11);
    writeFileSync(join(project, `audit-${width}.png`), await page.screenshot({ fullPage: true }));
  });

  test.each(['light', 'dark'] as const)('has enough contrast in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    // WCAG 2.2, 1.4.3
    expect(await page.evaluate<number>(weakest)).toBeGreaterThanOrEqual(4.5);
  });

  test('is reached by the keyboard', async () => {
    await page.setViewportSize({ width: 1400, height: 900 });
    const reachable = await page.evaluate<number>(`${stops}.filter((each) => each.checkVisibility()).length`);
    await page.evaluate('document.body.focus()');
    const seen = new Set<number>();
    for (let at = 0; at < reachable; at++) {
      await page.keyboard.press('Tab');
      seen.add(await page.evaluate<number>(`${stops}.indexOf(document.activeElement)`));
    }
    expect(seen.size).toBe(reachable);
    expect(seen.has(-1)).toBe(false);
  });

  test('opens what a link leads to', async () => {
    const link = page.locator('#tables a').first();
    const target = (await link.getAttribute('href')) ?? '';
    await link.focus();
    await page.keyboard.press('Enter');
    expect(await page.locator(target).isVisible()).toBe(true);
    expect(await page.locator(target).textContent()).toContain('Instead:');
  });

  test('prints every finding', async () => {
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const heights = "[...document.querySelectorAll('.finding')].map((each) => each.getBoundingClientRect().height)";
    const hidden = (await page.evaluate<number[]>(heights)).filter((height) => height === 0).length;
    expect(hidden).toBe(0);
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.length).toBeGreaterThan(10_000);
    writeFileSync(join(project, 'audit.pdf'), pdf);
    await page.emulateMedia({ media: 'screen' });
  });
});
