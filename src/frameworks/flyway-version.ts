import type { Folder } from './framework.js';
import { isAtLeast, jvm, lowestVersion } from './manifests.js';

const places = [...jvm, 'gradle.properties', 'dependencies.gradle', 'gradle/libs.versions.toml'];

/** Where a build says which Flyway it takes. */
const flyway = [
  /flyway-(?:core|database-postgresql)\b[^\n]{0,40}?[:'"=\s](\d+\.\d+(?:\.\d+)?)/,
  /flyway-(?:core|database-postgresql)<\/artifactId>\s*<version>(\d+\.\d+(?:\.\d+)?)/,
  /org\.flywaydb\.flyway\b[^\n]{0,40}?version[^\n\d]{0,10}(\d+\.\d+(?:\.\d+)?)/,
  /flyway[\w.-]*(?:version)?["']?\s*[=>:]\s*["']?(\d+\.\d+(?:\.\d+)?)/i,
];
const springBoot = [
  /org\.springframework\.boot\b[^\n]{0,40}?version[^\n\d]{0,10}(\d+\.\d+(?:\.\d+)?)/,
  /spring-boot-(?:starter-parent|dependencies)<\/artifactId>\s*<version>(\d+\.\d+(?:\.\d+)?)/,
];

/**
 * Whether the Flyway of a project is older than 9.1.2, where its lock became one of a transaction (flyway/flyway#3497): by its own version,
 * or that of a Spring Boot which brings an older one along. Undefined where the build does not say it.
 */
export function locksForSession(folder: Folder): boolean | undefined {
  const texts = folder.above(folder.path, places).map((entry) => entry.read() ?? '');
  const own = lowestVersion(firstOf(texts, flyway));
  if (own !== undefined) return !isAtLeast(own, [9, 1, 2]);
  const boot = lowestVersion(firstOf(texts, springBoot));
  // 2.7, the last of its line, brings 8.5.13
  return boot === undefined || isAtLeast(boot, [3]) ? undefined : true;
}

function firstOf(texts: readonly string[], patterns: readonly RegExp[]): string | undefined {
  for (const text of texts)
    for (const pattern of patterns) {
      const [, version] = pattern.exec(text) ?? [];
      if (version !== undefined) return version;
    }
  return undefined;
}
