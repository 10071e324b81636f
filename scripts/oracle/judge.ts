import { apply } from '../../src/catalog/apply.js';
import type { Catalog } from '../../src/catalog/catalog.js';
import { emptyCatalog, relationByName } from '../../src/catalog/lookup.js';
import { endTransaction } from '../../src/catalog/transaction.js';
import type { Prediction } from '../../src/effects/effect.js';
import { leavesOwnRows } from '../../src/effects/own-rows.js';
import { predict } from '../../src/effects/predict.js';
import { parseScript } from '../../src/sql/script.js';
import { Source } from '../../src/sql/source.js';
import type { Statement } from '../../src/sql/statement.js';
import { compare, type Difference } from '../../src/trace/compare.js';
import type { Observation } from '../../src/trace/observe.js';
import type { Case } from './case.js';
import { observationOf, type RecordedCase } from './recording.js';
import { surroundings } from './surroundings.js';

/** What a prediction is worth on one major. */
export interface Verdict {
  readonly item: RecordedCase;
  readonly version: number;
  readonly understood: boolean;
  /** None: right in every component. */
  readonly differences: readonly Difference[];
}

/** Compares the predictions for recorded cases with what the servers did. The parser must have been loaded. */
export function judge(cases: readonly RecordedCase[]): readonly Verdict[] {
  const predictor = new Predictor();
  return cases.flatMap((item) =>
    item.answers.flatMap(({ versions, answer }) =>
      versions.map((version): Verdict => {
        const { prediction, before } = predictor.predict(item, version);
        return { item, version, ...compareWith(prediction, before, observationOf(answer)) };
      }),
    ),
  );
}

function compareWith(prediction: Prediction | undefined, before: Catalog, observation: Observation) {
  // what the grammar refuses is a diagnostic of its own, and the server refuses it too
  if (prediction === undefined)
    return observation.error === undefined
      ? { understood: false, differences: [{ component: 'error' as const, predicted: 'not parsed', observed: '' }] }
      : { understood: true, differences: [] };
  const existed = (name: string) => relationByName(before, name) !== undefined;
  return { understood: prediction.understood, differences: compare(prediction, observation, existed) };
}

/** Keeps the catalogs that set-ups lead to: many cases share one. */
export class Predictor {
  readonly #catalogs = new Map<string, Catalog>();

  /** Undefined when the statement cannot be parsed. */
  predict(item: Case, pg: number): { readonly prediction: Prediction | undefined; readonly before: Catalog } {
    const settled = this.#catalog(item, pg);
    const written = new Set<string>();
    const ownRows = (relation: string) => written.has(relation);
    let before = settled;
    for (const one of parse([item.settings ?? '', ...(item.begun ?? [])].join(';\n'))) {
      for (const effect of predict(one, before, { pg, timeZone: 'UTC' }).effects)
        if (leavesOwnRows(one.kind, effect)) written.add(effect.relation);
      before = apply(one, before, { born: 0, pg });
    }
    const statement = parse(item.sql)[0];
    return { before, prediction: statement && predict(statement, before, { pg, timeZone: 'UTC', ownRows }) };
  }

  #catalog({ setup }: Case, pg: number): Catalog {
    const key = JSON.stringify([setup, pg]);
    const known = this.#catalogs.get(key);
    if (known !== undefined) return known;
    const made = [surroundings, ...setup].reduce(
      (now, sql) => endTransaction(run(sql, now, pg), 'commit'),
      emptyCatalog(),
    );
    this.#catalogs.set(key, made);
    return made;
  }
}

function run(sql: string, catalog: Catalog, pg: number): Catalog {
  return parse(sql).reduce((now, statement) => apply(statement, now, { born: 0, pg }), catalog);
}

function parse(sql: string): readonly Statement[] {
  const source = new Source('case.sql', sql);
  return parseScript([{ source, span: { start: 0, end: sql.length } }]).statements;
}
