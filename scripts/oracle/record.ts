import { startServer } from '../../src/trace/server.js';
import { ServerError } from '../../src/trace/session.js';
import type { Case } from './case.js';
import { groupBy } from './group.js';
import { openLaboratory } from './laboratory.js';
import { type Answer, answerOf, joinAnswers, type RecordedCase } from './recording.js';

/** A set-up in syntax that the server does not know: the case does not exist there. */
const syntaxError = '42601';

export interface Measured {
  /** Major to the exact version. */
  readonly servers: Readonly<Record<string, string>>;
  readonly cases: readonly RecordedCase[];
  /** Set-ups that a server refuses. */
  readonly problems: readonly string[];
}

/** Measures every case on a server of every major; `report` hears of each case measured. */
export async function record(
  cases: readonly Case[],
  majors: readonly number[],
  report: (major: number) => void,
): Promise<Measured> {
  const perMajor = await Promise.all(majors.map((major) => measureOn(major, cases, report)));
  return {
    problems: [...new Set(perMajor.flatMap(({ problems }) => problems))],
    servers: Object.fromEntries(perMajor.map(({ major, version }) => [major, version])),
    cases: cases.map((item) => {
      const given = perMajor.flatMap(({ major, answers }): (readonly [number, Answer])[] => {
        const answer = answers.get(item.id);
        return answer === undefined ? [] : [[major, answer]];
      });
      return { ...item, answers: joinAnswers(given) };
    }),
  };
}

async function measureOn(major: number, cases: readonly Case[], report: (major: number) => void) {
  const server = await startServer(major);
  try {
    const laboratory = await openLaboratory(server);
    const answers = new Map<string, Answer>();
    const problems: string[] = [];
    for (const item of inOrderOfSetup(cases)) {
      try {
        answers.set(item.id, answerOf(await laboratory.measure(item)));
      } catch (error) {
        if (!(error instanceof ServerError)) throw error;
        if (error.code !== syntaxError) problems.push(`${major}: ${error.message}: ${item.setup.at(-1)}`);
      }
      report(major);
    }
    await laboratory.close();
    return { major, version: server.version, answers, problems };
  } finally {
    await server.stop();
  }
}

/** Cases with an equal set-up one after the other: they share it. */
function inOrderOfSetup(cases: readonly Case[]): readonly Case[] {
  return [...groupBy(cases, ({ setup }) => JSON.stringify(setup)).values()].flat();
}
