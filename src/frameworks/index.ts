import atlas from './atlas.js';
import dbmate from './dbmate.js';
import diesel from './diesel.js';
import drizzle from './drizzle.js';
import flyway from './flyway.js';
import type { Framework } from './framework.js';
import golangMigrate from './golang-migrate.js';
import goose from './goose.js';
import graphileMigrate from './graphile-migrate.js';
import hasura from './hasura.js';
import liquibase from './liquibase.js';
import plain from './plain.js';
import pop from './pop.js';
import prisma from './prisma.js';
import prismaNext from './prisma-next.js';
import refinery from './refinery.js';
import sqitch from './sqitch.js';
import sqlMigrate from './sql-migrate.js';
import sqlx from './sqlx.js';
import supabase from './supabase.js';

/** Every framework. Of two that claim a folder on equal evidence the one that stands first wins; plain SQL is what is left. */
export const frameworks: readonly Framework[] = [
  dbmate,
  goose,
  sqlMigrate,
  liquibase,
  prisma,
  prismaNext,
  drizzle,
  sqitch,
  graphileMigrate,
  pop,
  golangMigrate,
  sqlx,
  flyway,
  refinery,
  hasura,
  diesel,
  supabase,
  atlas,
  plain,
];
